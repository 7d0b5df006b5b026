import { z } from 'zod';
import { credentialRef, providerName, providerType } from '../routing-snapshot.ts';

/** A row of `GET /orchestrator/providers`, for holders of `providers:manage`. Says where a credential is, never what it is. */
export const providerRow = z.strictObject({
  name: providerName,
  type: providerType,
  baseUrl: z.string(),
  credentialRef,
  enabled: z.boolean(),
  /** Who declared it, and so where it is changed. */
  source: z.enum(['environment', 'api']),
  models: z.number().int().min(0),
  /** Models without a price, which are refused. */
  unpricedModels: z.number().int().min(0),
  createdAt: z.iso.datetime(),
});
export type ProviderRow = z.infer<typeof providerRow>;

export const providerPage = z.strictObject({ data: z.array(providerRow), nextCursor: z.string().nullable() });
export type ProviderPage = z.infer<typeof providerPage>;
