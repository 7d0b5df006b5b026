import { z } from 'zod';
import { budgetAmount, budgetPeriodKey, budgetsPerRequestMax } from '../budget.ts';
import { nanoUsdString } from '../money.ts';

/**
 * Proxy → billing `POST /internal/holds`: while the counter store is away, what a request may cost is held in the
 * ledger itself, for this one request. Asking again with the same `requestId` holds nothing more. The hold ends with
 * the request's usage event, with `POST /internal/holds/release`, or after `ttlMs`.
 */
export const ledgerHoldRequest = z.strictObject({
  orgId: z.uuid(),
  requestId: z.uuid(),
  holdNanoUsd: nanoUsdString,
  /** Longer than the request and the delivery of its usage event. */
  ttlMs: z.number().int().min(1).max(86_400_000),
  /**
   * Raises the open hold of this request to `holdNanoUsd` in place of a new one; the time of the hold stays. A billing
   * that does not know the field rejects it, so no proxy takes a hold for higher than it is.
   */
  isRaise: z.boolean().optional(),
  /** Budgets that the hold counts in; absent: none. A raise counts in those of its hold, by the limits given here. */
  budgets: z
    .array(z.strictObject({ id: z.uuid(), period: budgetPeriodKey, limitNanoUsd: budgetAmount }))
    .max(budgetsPerRequestMax)
    .optional(),
});
export type LedgerHoldRequest = z.infer<typeof ledgerHoldRequest>;

/**
 * `insufficient`: all that the organisation has does not cover it. Where only leased money could,
 * `billing_unavailable`.
 */
export const ledgerHoldAnswer = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('held'), availableNanoUsd: nanoUsdString }),
  z.strictObject({ result: z.literal('insufficient') }),
  /** This budget does not cover it. */
  z.strictObject({
    ...{ result: z.literal('budget_exceeded'), budgetId: z.uuid(), period: budgetPeriodKey },
    ...{ spentNanoUsd: nanoUsdString, usedNanoUsd: nanoUsdString },
  }),
  /** The organisation has been granted all that the operator allows in one minute. */
  z.strictObject({ result: z.literal('limited'), retryAfterMs: z.number().int().min(1) }),
]);
export type LedgerHoldAnswer = z.infer<typeof ledgerHoldAnswer>;

/**
 * Proxy → billing `POST /internal/holds/release`: the request was not sent, or cost nothing. 204, also where nothing is
 * held.
 */
export const releaseLedgerHold = z.strictObject({ orgId: z.uuid(), requestId: z.uuid() });
