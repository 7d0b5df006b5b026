import { z } from 'zod';
import { nanoUsdString } from '../money.ts';
import { paymentCurrency } from './exchange-rates.ts';

/**
 * Bodies of `/billing/top-ups`, `/billing/payment-method` and `/billing/payment-reviews`. docs/payments.md explains
 * them.
 */

/** `POST /billing/top-ups`, for holders of `billing:pay`: opens a page of the payment provider. */
export const createTopUpRequest = z.strictObject({
  /** A whole number of cents, within the bounds of the installation. */
  amountNanoUsd: nanoUsdString,
  /** Makes a repeat a no-op. */
  idempotencyKey: z.string().min(8).max(255),
  /** Keeps the method at the provider, for automatic top-ups. */
  saveMethod: z.boolean().default(false),
});
export type CreateTopUpRequest = z.infer<typeof createTopUpRequest>;

/**
 * `created`: the provider has not confirmed it yet. `open`: the page waits for the customer. `processing`: paid, and
 * the money has not arrived. `succeeded`: in the balance.
 */
export const topUpStatus = z.enum(['created', 'open', 'processing', 'succeeded', 'failed', 'expired']);

export const topUp = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  organizationId: z.uuid(),
  /** `checkout`: paid on a page of the provider. `automatic`: charged to the saved method. */
  kind: z.enum(['checkout', 'automatic']),
  provider: z.string(),
  status: topUpStatus,
  /** In which the provider was asked; amounts here are in USD. */
  currency: paymentCurrency,
  amountNanoUsd: nanoUsdString,
  /** Returned and on its way back, together at most the amount. */
  refundedNanoUsd: nanoUsdString,
  /** Taken back by the customer's bank. */
  disputedNanoUsd: nanoUsdString,
  /** The provider's code of the last failure: `card_declined`. */
  failureCode: z.string().nullable(),
  /** Where the customer pays; null unless `open`. */
  checkoutUrl: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
export type TopUp = z.infer<typeof topUp>;

export const topUpPage = z.strictObject({ data: z.array(topUp), nextCursor: z.string().nullable() });
export type TopUpPage = z.infer<typeof topUpPage>;

/** `GET /billing/payment-method`: a token's last digits and expiry, never a card. */
export const paymentMethodAnswer = z.strictObject({
  method: z
    .strictObject({
      provider: z.string(),
      brand: z.string(),
      lastDigits: z.string(),
      expiryMonth: z.number().int().nullable(),
      expiryYear: z.number().int().nullable(),
    })
    .nullable(),
});
export type PaymentMethodAnswer = z.infer<typeof paymentMethodAnswer>;

/** `POST /billing/top-ups/{id}/refunds`, for holders of `billing:manage`: money goes back to the method that paid. */
export const createRefundRequest = z.strictObject({
  /** A whole number of cents. All refunds of a top-up together never exceed it. */
  amountNanoUsd: nanoUsdString,
  /** Once for each top-up: the same key again returns the same refund. */
  reasonKey: z.string().min(1).max(100),
  description: z.string().trim().min(1).max(500),
});
export type CreateRefundRequest = z.infer<typeof createRefundRequest>;

export const topUpRefund = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  topUpId: z.uuid(),
  amountNanoUsd: nanoUsdString,
  reasonKey: z.string(),
  description: z.string(),
  /** `requested`: the provider has not confirmed it yet. `failed`: the money is back in the balance. */
  status: z.enum(['requested', 'pending', 'succeeded', 'failed']),
});
export type TopUpRefund = z.infer<typeof topUpRefund>;

export const paymentReviewReasons = [
  'unknown_payment',
  'amount_mismatch',
  'reference_mismatch',
  'event_id_reused',
  'late_failure',
  'dispute_opened',
  'refund_failed',
  'refund_unanswered',
  'payment_unanswered',
  'refund_at_provider',
  'refund_exceeds_payment',
] as const;

/** A fact about a payment that a person has to judge. */
export const paymentReview = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  reason: z.enum(paymentReviewReasons),
  /** Null where the event names no payment that we know. */
  organizationId: z.uuid().nullable(),
  topUpId: z.uuid().nullable(),
  provider: z.string(),
  eventId: z.string(),
  state: z.enum(['open', 'closed']),
});
export type PaymentReview = z.infer<typeof paymentReview>;

/** `GET /billing/payment-reviews`, for holders of `billing:manage`: newest first. */
export const paymentReviewPage = z.strictObject({ data: z.array(paymentReview), nextCursor: z.string().nullable() });
export type PaymentReviewPage = z.infer<typeof paymentReviewPage>;
