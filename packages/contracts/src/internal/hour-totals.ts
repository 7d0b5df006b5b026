import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/**
 * Billing → analytics `GET /internal/hour-totals?hour=&after=`: what each organisation was charged for each model in
 * one hour, in the order of organisation and model. `after` is the `next` of the page before.
 */
export const hourTotals = z.strictObject({
  rows: z.array(z.strictObject({ orgId: z.uuid(), model: z.string(), amountNanoUsd: nanoUsdString })),
  /** Null on the last page. */
  next: z.string().nullable(),
});
export type HourTotals = z.infer<typeof hourTotals>;
