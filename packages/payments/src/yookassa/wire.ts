import { z } from 'zod';

/**
 * What we read of YooKassa's objects. Other fields are left alone.
 * Source: https://yookassa.ru/developers/api, read in November 2026.
 */
const amount = z.looseObject({
  value: z.string().regex(/^\d{1,13}\.\d{2}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const details = z.looseObject({ party: z.string().nullish(), reason: z.string().nullish() }).nullish();

const objectId = z.string().regex(/^[0-9a-f-]{20,50}$/);

export const yookassaPayment = z.looseObject({
  id: objectId,
  status: z.enum(['pending', 'waiting_for_capture', 'succeeded', 'canceled']),
  amount,
  created_at: z.iso.datetime({ offset: true }),
  captured_at: z.iso.datetime({ offset: true }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  cancellation_details: details,
  confirmation: z.looseObject({ confirmation_url: z.string().nullish() }).nullish(),
  payment_method: z
    .looseObject({
      type: z.string(),
      id: z.string(),
      saved: z.boolean(),
      card: z
        .looseObject({
          last4: z.string(),
          expiry_month: z.string(),
          expiry_year: z.string(),
          card_type: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type YookassaPayment = z.infer<typeof yookassaPayment>;

export const yookassaRefund = z.looseObject({
  id: objectId,
  payment_id: objectId,
  status: z.enum(['pending', 'succeeded', 'canceled']),
  amount,
  created_at: z.iso.datetime({ offset: true }),
  description: z.string().nullish(),
  cancellation_details: details,
});
export type YookassaRefund = z.infer<typeof yookassaRefund>;

export const notification = z.looseObject({
  type: z.literal('notification'),
  event: z.string().regex(/^[a-z_]{1,40}\.[a-z_]{1,40}$/),
  object: z.looseObject({
    id: objectId,
    /** Of a refund. */
    payment_id: objectId.nullish().catch(null),
    metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
});

export const apiError = z.looseObject({ code: z.string().nullish() });
