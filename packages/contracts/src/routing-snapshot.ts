import { z } from 'zod';
import { providerModelsMax, providersMax, routesMax } from './bounds.ts';
import { rates } from './price.ts';
import { providerTypes } from './provider-types.ts';

/** The dialects that an adapter exists for. */
export const providerType = z.enum(providerTypes);
export type ProviderType = z.infer<typeof providerType>;

/** What a model does. Every chat surface (completions, responses, messages) is served by `chat.completions`. */
export const operation = z.enum(['chat.completions', 'embeddings', 'images.generations']);
export type Operation = z.infer<typeof operation>;

export const providerName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens');

/**
 * Where the proxy finds a credential; a snapshot never contains the credential itself. `env:OPENAI_API_KEY`,
 * `stored:<uuid>` (asked of the orchestrator, kept in memory alone), or `none`.
 */
export const credentialRef = z.string().regex(/^(env:[A-Z][A-Z0-9_]{0,99}|stored:[0-9a-f-]{36}|none)$/);

/** What a model can do beyond its operations, by the names that `GET /models` returns. */
export const modelCapability = z.enum([
  'tools',
  'vision',
  'structured_outputs',
  'reasoning',
  'audio',
  'image_output',
  /** True if it continues a trailing assistant message, so that a torn stream can be resumed. */
  'prefill',
]);
export type ModelCapability = z.infer<typeof modelCapability>;

/** Of the value of one option of a provider; the longest is the script of a mock provider. */
export const optionValueCharactersMax = 2000;

const waitMs = z.number().int().min(1).max(3_600_000).nullable();

export const snapshotModel = z.strictObject({
  /** The provider's own name of the model; clients say it bare or as `<provider>/<id>`. */
  id: z.string().min(1).max(200),
  operations: z.array(operation).min(1).max(16),
  /** Tokens. */
  contextLength: z.number().int().min(1),
  /** Tokens; null for operations that generate none. */
  maxOutputTokens: z.number().int().min(1).nullable(),
  capabilities: z.array(modelCapability).max(64),
  /**
   * Longest wait for the first life of an answer while another candidate is left; null: the proxy's own. A thinker
   * needs more.
   */
  firstLifeMs: waitMs,
  /** A key of `prices`; null means unpriced, and such a model is refused. */
  priceVersion: z.string().max(100).nullable(),
  /** A key of `prices`: what the provider charges us. Absent if that is what the customer pays. */
  costVersion: z.string().max(100).optional(),
});
export type SnapshotModel = z.infer<typeof snapshotModel>;

export const snapshotProvider = z.strictObject({
  name: providerName,
  type: providerType,
  /** With its version path, without a trailing slash: `https://api.openai.com/v1`. */
  baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
  /**
   * The operator answers for its address, which may then be private; else what it resolves to must be public or
   * allowed.
   */
  isAddressTrusted: z.boolean(),
  /** Its keys, each tried on its own account. */
  credentialRefs: z.array(credentialRef).min(1).max(16),
  /** Options that only this type of provider needs: `folder` for Yandex, `script` for Mock. */
  options: z.record(z.string().max(64), z.string().max(optionValueCharactersMax)),
  /** Most requests that one proxy has open there; null: the proxy's own bound. */
  concurrencyMax: z.number().int().min(1).max(10_000).nullable(),
  models: z.array(snapshotModel).max(providerModelsMax),
});
export type SnapshotProvider = z.infer<typeof snapshotProvider>;

/**
 * The option of a provider that names what its connections are made with: what the variables of its files begin with,
 * or the reference of a secret that is kept like a key. Only the environment and the operator set it.
 */
export const tlsOption = 'tls';

/** Returns the reference of the secret that the connections of a provider are made with; null for none. */
export function tlsRefOf({ options }: Pick<SnapshotProvider, 'options'>): string | null {
  const named = options[tlsOption] ?? '';
  return named.startsWith('stored:') ? named : null;
}

/** Returns all references of secrets of a provider. */
export function secretRefsOf(provider: Pick<SnapshotProvider, 'credentialRefs' | 'options'>): string[] {
  const tlsRef = tlsRefOf(provider);
  return tlsRef === null ? provider.credentialRefs : [...provider.credentialRefs, tlsRef];
}

/** How the candidates of one priority are put in order. */
export const routeStrategy = z.enum(['weighted', 'latency', 'price']);
export type RouteStrategy = z.infer<typeof routeStrategy>;

/**
 * A public model name that stands for candidates (an alias is a route with one). Priorities are tried lowest first;
 * within one, the strategy decides.
 */
export const snapshotRoute = z.strictObject({
  name: z.string().min(1).max(200),
  strategy: routeStrategy,
  /** Requests of one `x-session-id` or `prompt_cache_key` stay with one candidate while it is well. */
  isSticky: z.boolean(),
  /** What may become of a stream that breaks after something was delivered; `verified` includes `prefill`. */
  resume: z.enum(['off', 'prefill', 'verified']),
  /** True if a content policy refusal of one candidate is put to the next. */
  mayFailOverOnPolicy: z.boolean(),
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
 * A markup or a discount that holds now. One rule decides: of the rules whose pattern fits `<provider>/<model>`, those
 * of the caller's organisation before those of all, and among them the one with the most letters beside `*`.
 */
export const priceRule = z.strictObject({
  organizationId: z.uuid().optional(),
  models: z.string().min(1).max(200),
  /** Millionths of the price. */
  multiplierPpm: z.number().int().min(0).max(100_000_000),
});
export type PriceRule = z.infer<typeof priceRule>;

/**
 * All that a proxy needs to serve: immutable, versioned, the same schema on both ends. The proxy swaps it whole, acks
 * or nacks by version, and keeps the last good one on disk (it holds no secret).
 */
export const routingSnapshot = z.strictObject({
  /** Grows by one for each change within an epoch. */
  version: z.number().int().min(1),
  /** Grows when the orchestrator's registry is replaced or restored; an older epoch never wins. */
  epoch: z.number().int().min(1),
  providers: z.array(snapshotProvider).max(providersMax),
  routes: z.array(snapshotRoute).max(routesMax),
  prices: z.record(z.string(), rates),
  /** Absent: none. */
  priceRules: z.array(priceRule).max(10_000).optional(),
});
export type RoutingSnapshot = z.infer<typeof routingSnapshot>;
