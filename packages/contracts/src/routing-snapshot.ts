import { z } from 'zod';
import { rates } from './price.ts';

/** The dialects that an adapter exists for. */
export const providerType = z.enum(['OpenAI', 'Mock']);
export type ProviderType = z.infer<typeof providerType>;

export const operation = z.enum(['chat.completions', 'embeddings']);
export type Operation = z.infer<typeof operation>;

export const providerName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens');

/** Where the proxy finds a credential; the credential itself never crosses. `env:OPENAI_API_KEY`, or `none`. */
export const credentialRef = z.string().regex(/^(env:[A-Z][A-Z0-9_]{0,99}|none)$/);

export const snapshotModel = z.strictObject({
  /** The provider's own name of the model; clients say it bare or as `<provider>/<id>`. */
  id: z.string().min(1).max(200),
  operations: z.array(operation).min(1).max(16),
  /** Tokens. */
  contextLength: z.number().int().min(1),
  /** Tokens; null for operations that generate none. */
  maxOutputTokens: z.number().int().min(1).nullable(),
  capabilities: z.array(z.string().max(64)).max(64),
  /** A key of `prices`; null means unpriced, and such a model is refused. */
  priceVersion: z.string().max(100).nullable(),
});
export type SnapshotModel = z.infer<typeof snapshotModel>;

export const snapshotProvider = z.strictObject({
  name: providerName,
  type: providerType,
  /** With its version path, without a trailing slash: `https://api.openai.com/v1`. */
  baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
  credentialRef,
  models: z.array(snapshotModel).max(5000),
});
export type SnapshotProvider = z.infer<typeof snapshotProvider>;

/** A public model name that stands for candidates, tried in the order of priority (lowest first), then weight. */
export const snapshotRoute = z.strictObject({
  name: z.string().min(1).max(200),
  candidates: z
    .array(
      z.strictObject({
        provider: providerName,
        model: z.string().min(1).max(200),
        priority: z.number().int().min(0).max(1000),
        weight: z.number().int().min(0).max(1000),
      }),
    )
    .min(1)
    .max(100),
});

/**
 * All that a proxy needs to serve: immutable, versioned, the same schema on both ends. The proxy swaps it whole, acks
 * or nacks by version, and keeps the last good one on disk (it holds no secret).
 */
export const routingSnapshot = z.strictObject({
  /** Grows by one for each change within an epoch. */
  version: z.number().int().min(1),
  /** Grows when the orchestrator's registry is replaced or restored; an older epoch never wins. */
  epoch: z.number().int().min(1),
  providers: z.array(snapshotProvider).max(500),
  routes: z.array(snapshotRoute).max(5000),
  prices: z.record(z.string(), rates),
});
export type RoutingSnapshot = z.infer<typeof routingSnapshot>;
