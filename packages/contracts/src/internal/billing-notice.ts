import { z } from 'zod';

/** What billing reports to an organisation, by mail and by webhook: docs/warnings.md. */
export const billingNoticeType = z.enum([
  'balance.low',
  'spending.unusual',
  'card.expiring',
  'payment.succeeded',
  'payment.failed',
  'invoice.issued',
  'subscription.renewed',
  'subscription.ending',
  'subscription.ended',
  'subscription.past_due',
  'subscription.suspended',
]);
export type BillingNoticeType = z.infer<typeof billingNoticeType>;

export const noticeLanguage = z.enum(['en', 'ru']);

/**
 * Billing → auth `POST /internal/notices`: sends a notice to those who pay, and to the webhooks of the organisation.
 * 204, also for one that auth has sent before and for an organisation that is gone.
 */
export const billingNotice = z.strictObject({
  /** The same again is sent once. */
  id: z.uuid(),
  organizationId: z.uuid(),
  type: billingNoticeType,
  /** When it happened. */
  time: z.iso.datetime(),
  language: noticeLanguage,
  /** Facts of the type. A name that ends in `NanoUsd` has an amount in nano-USD. */
  data: z.record(z.string().regex(/^[a-z][A-Za-z]{0,39}$/), z.union([z.string().max(300), z.number(), z.null()])),
});
export type BillingNotice = z.infer<typeof billingNotice>;
