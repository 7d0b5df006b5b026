import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/** Bodies of `/billing/plans` and `/billing/subscription`. docs/subscriptions.md explains them. */

/** `POST /billing/plans`, for holders of `billing:manage`. A plan never changes: retire it, and create another one. */
export const createPlanRequest = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** A whole number of cents a month, 0 or more. */
  feeNanoUsd: nanoUsdString,
  /** Credit for each period, until its end. */
  includedCreditNanoUsd: nanoUsdString.default('0'),
  /** Days without a fee, once for an organisation. */
  trialDays: z.number().int().min(0).max(90).default(0),
});
export type CreatePlanRequest = z.infer<typeof createPlanRequest>;

export const plan = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  feeNanoUsd: nanoUsdString,
  includedCreditNanoUsd: nanoUsdString,
  trialDays: z.number().int(),
  /** True: no new subscription. */
  isRetired: z.boolean(),
});
export type Plan = z.infer<typeof plan>;
export const planList = z.strictObject({ data: z.array(plan).max(100) });

/**
 * `PUT /billing/subscription`, for holders of `billing:pay`: subscribes, changes the plan, or withdraws a cancellation.
 */
export const putSubscriptionRequest = z.strictObject({ planId: z.uuid() });

/** `DELETE /billing/subscription?when=`. */
export const cancelSubscriptionQuery = z.strictObject({ when: z.enum(['period_end', 'now']).default('period_end') });

/** `past_due`: the fee was not paid, until `graceEndsAt`. `suspended`: it was not paid until then. */
export const subscriptionState = z.enum(['trialing', 'active', 'past_due', 'suspended', 'ended']);

export const subscription = z.strictObject({
  id: z.uuid(),
  plan,
  state: subscriptionState,
  periodStart: z.iso.datetime(),
  periodEnd: z.iso.datetime(),
  cancelsAtPeriodEnd: z.boolean(),
  graceEndsAt: z.iso.datetime().nullable(),
});
export type Subscription = z.infer<typeof subscription>;
export const subscriptionAnswer = z.strictObject({ subscription: subscription.nullable() });
