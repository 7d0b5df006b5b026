import { z } from 'zod';

/** Currencies in which payment providers are asked for money. Amounts of the ledger are in USD. */
export const paymentCurrency = z.enum(['USD', 'RUB']);

/** `POST /billing/exchange-rates`, for holders of `billing:manage`: holds for new payments from now on. */
export const createExchangeRateRequest = z.strictObject({
  currency: paymentCurrency.exclude(['USD']),
  /** Millionths of a unit for one dollar: "92500000" is 92.5. */
  microUnitsPerUsd: z.string().regex(/^[1-9]\d{0,14}$/, 'a whole number above 0, as a string'),
  /** Where the rate is from: a bank and a day. */
  source: z.string().trim().min(1).max(200),
});
export type CreateExchangeRateRequest = z.infer<typeof createExchangeRateRequest>;

export const exchangeRate = createExchangeRateRequest.extend({
  id: z.uuid(),
  time: z.iso.datetime(),
  createdBy: z.uuid().nullable(),
});
export type ExchangeRate = z.infer<typeof exchangeRate>;
export const exchangeRatePage = z.strictObject({ data: z.array(exchangeRate), nextCursor: z.string().nullable() });
