import { z } from 'zod';
import { rates } from '../price.ts';
import { modelCapability, operation, providerName, providerType } from '../routing-snapshot.ts';

/** Most models of one answer; the cheapest are in it. */
export const modelOffersMax = 5000;

/**
 * Billing → orchestrator `GET /internal/model-offers?organizationId=`: models that have a price now, and what the
 * organisation pays.
 */
export const modelOffer = z.strictObject({
  provider: providerName,
  type: providerType,
  model: z.string(),
  operations: z.array(operation),
  capabilities: z.array(modelCapability),
  /** Tokens. */
  contextLength: z.number().int(),
  /** Tokens; null if it generates none. */
  maxOutputTokens: z.number().int().nullable(),
  /** Pico-USD per unit. */
  rates,
  /** What the vendor charges for a batch, in percent of its price; null if it has no batches or no such price. */
  batchPricePercent: z.number().int().min(0).max(100).nullable(),
});
export type ModelOffer = z.infer<typeof modelOffer>;

export const modelOffersQuery = z.strictObject({ organizationId: z.uuid() });
export const modelOffers = z.strictObject({ data: z.array(modelOffer).max(modelOffersMax) });
