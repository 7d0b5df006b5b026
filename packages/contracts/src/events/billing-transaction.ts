import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/** Event log topic of what billing posted; keyed by `orgId`. */
export const billingTransactionTopic = 'billing.transaction';

/** What a line of an organisation's statement can be. */
export const transactionTypes = [
  ...(['charge', 'top_up', 'sign_up_credit', 'adjustment', 'refund', 'refund_returned'] as const),
  ...(['dispute', 'promotional_credit', 'promotional_expired', 'subscription_fee', 'credit_note'] as const),
  // All charges of a day of a month that was compacted.
  'charges_of_day',
] as const;

export const billingTransaction = z.strictObject({
  schema: z.literal('billing.transaction/1'),
  eventId: z.string().max(80),
  time: z.iso.datetime(),
  orgId: z.uuid(),
  type: z.enum(transactionTypes),
  /** Positive adds to the organisation's balance, negative takes from it. */
  amountNanoUsd: nanoUsdString,
  requestId: z.uuid().nullable(),
});
export type BillingTransaction = z.infer<typeof billingTransaction>;
