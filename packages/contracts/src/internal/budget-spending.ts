import { z } from 'zod';
import { budgetPeriodKey } from '../budget.ts';
import { nanoUsdString } from '../money.ts';
import { noticeLanguage } from './billing-notice.ts';

/**
 * Billing → auth `POST /internal/budgets/spending`: what is spent now. Auth sends the alerts that are due, each once.
 * 204.
 */
export const budgetSpending = z.strictObject({
  budgets: z
    .array(
      z.strictObject({
        organizationId: z.uuid(),
        budgetId: z.uuid(),
        period: budgetPeriodKey,
        spentNanoUsd: nanoUsdString,
        /** Of the mail. */
        language: noticeLanguage.default('en'),
      }),
    )
    .max(200),
});
export type BudgetSpending = z.infer<typeof budgetSpending>;
