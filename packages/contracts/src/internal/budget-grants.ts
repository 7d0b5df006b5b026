import { z } from 'zod';
import { budgetAmount, budgetPeriodKey } from '../budget.ts';
import { nanoUsdString } from '../money.ts';

/** Proxy → billing `POST /internal/budgets/grants`: the room of budgets at the counter store does not cover holds. */
export const budgetGrantRequest = z.strictObject({
  orgId: z.uuid(),
  budgets: z
    .array(
      z.strictObject({
        id: z.uuid(),
        period: budgetPeriodKey,
        limitNanoUsd: budgetAmount,
        neededNanoUsd: nanoUsdString,
        /** When the period ends; null if never. */
        endsAt: z.iso.datetime().nullable(),
      }),
    )
    .min(1)
    .max(64),
});
export type BudgetGrantRequest = z.infer<typeof budgetGrantRequest>;

/**
 * In the order of the request. `granted`: there is more room than before, which others may take first. `exceeded`: the
 * limit leaves nothing. `usedNanoUsd` is spent, held or not yet given back.
 */
export const budgetGrantAnswer = z.strictObject({
  budgets: z.array(
    z.strictObject({
      result: z.enum(['granted', 'exceeded']),
      spentNanoUsd: nanoUsdString,
      usedNanoUsd: nanoUsdString,
    }),
  ),
});
export type BudgetGrantAnswer = z.infer<typeof budgetGrantAnswer>;
