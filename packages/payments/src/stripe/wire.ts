import { z } from 'zod';

/**
 * What we read of Stripe's events. Other fields are left alone, since an API version adds some.
 * Source: https://docs.stripe.com/api/events/types, of version 2026-10-28.
 */
const reference = z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]);
const metadata = z.record(z.string(), z.string()).nullish();

export const stripeEvent = z.looseObject({
  id: z.string(),
  object: z.literal('event'),
  type: z.string(),
  created: z.number().int(),
  livemode: z.boolean(),
  data: z.looseObject({ object: z.unknown() }),
});

export const checkoutSession = z.looseObject({
  id: z.string(),
  amount_total: z.number().int().nullable(),
  currency: z.string().nullable(),
  client_reference_id: z.string().nullish(),
  metadata,
  payment_intent: reference.nullish(),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  status: z.string().nullish(),
});

export const paymentIntent = z.looseObject({
  id: z.string(),
  amount: z.number().int(),
  amount_received: z.number().int().nullish(),
  currency: z.string(),
  metadata,
  payment_method: reference.nullish(),
  status: z.string().nullish(),
  last_payment_error: z.looseObject({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
});

export const refund = z.looseObject({
  id: z.string(),
  amount: z.number().int(),
  currency: z.string(),
  payment_intent: reference.nullish(),
  metadata,
  status: z.string().nullable(),
  failure_reason: z.string().nullish(),
});

export const dispute = z.looseObject({
  id: z.string(),
  amount: z.number().int(),
  currency: z.string(),
  payment_intent: reference.nullish(),
  status: z.string(),
});

const expiring = z.looseObject({
  brand: z.string().nullish(),
  last4: z.string().nullish(),
  exp_month: z.number().int().nullish(),
  exp_year: z.number().int().nullish(),
});

export const paymentMethod = z.looseObject({
  id: z.string(),
  type: z.string(),
  customer: reference.nullish(),
  card: expiring.nullish(),
  sepa_debit: expiring.nullish(),
  us_bank_account: expiring.nullish(),
});
