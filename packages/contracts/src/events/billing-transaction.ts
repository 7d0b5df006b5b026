import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/** Event log topic of what billing posted; keyed by `orgId`. */
export const billingTransactionTopic = 'billing.transaction';

export const billingTransaction = z.strictObject({
  schema: z.literal('billing.transaction/1'),
  eventId: z.string().max(80),
  time: z.iso.datetime(),
  orgId: z.uuid(),
  type: z.enum(['charge', 'top_up', 'sign_up_credit', 'adjustment']),
  /** Positive adds to the organisation's balance, negative takes from it. */
  amountNanoUsd: nanoUsdString,
  requestId: z.uuid().nullable(),
});
export type BillingTransaction = z.infer<typeof billingTransaction>;
