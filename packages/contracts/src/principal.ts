import { z } from 'zod';
import { budgetsPerRequestMax, principalBudget } from './budget.ts';
import { type LimitCounts, limitCounts, limitsPerRequestMax, principalLimit } from './limit.ts';
import { privacyPolicy } from './privacy-policy.ts';
import { tagKeys } from './tags.ts';

/** What a key or a user may do. A key never holds a scope that its creator lacks. */
export const scope = z.enum([
  'ai:invoke',
  'keys:manage',
  'profile:manage',
  'billing:read',
  'billing:pay',
  'billing:manage',
  'usage:read',
  'providers:manage',
  'tenants:manage',
  'prices:manage',
]);
export type Scope = z.infer<typeof scope>;

/** Limits in force of a key, a user or an organisation; null means none, which only the operator can choose. */
export const principalLimits = limitCounts;
export type PrincipalLimits = LimitCounts;

/** `auto`: marks of the prompt cache are set for requests that have none. */
export const cacheMarks = z.enum(['auto', 'none']);
export type CacheMarks = z.infer<typeof cacheMarks>;

/** Who asks, as the gateway found out. It crosses to the services in one signed, short-lived header. */
export const principal = z.strictObject({
  orgId: z.uuid(),
  userId: z.uuid(),
  /** Null where an access token was used instead of an API key. */
  keyId: z.uuid().nullable(),
  /** Team that the key works for; absent if none. */
  teamId: z.uuid().optional(),
  /** `sid` of the access token, which logout ends; absent where an API key was used. */
  sessionId: z.uuid().optional(),
  scopes: z.array(scope).max(32),
  /** Models that the key may use; null means all. */
  models: z.array(z.string()).max(1000).nullable(),
  limits: principalLimits,
  /** Limits of the organisation, over all its keys and users together; absent if it has none. */
  organizationLimits: principalLimits.optional(),
  /** Limits that the organisation set for itself, the team, the user and the key; absent if there are none. */
  levelLimits: z.array(principalLimit).max(limitsPerRequestMax).optional(),
  /** Budgets of the key, its user, its team and the organisation; absent if there are none. */
  budgets: z.array(principalBudget).max(budgetsPerRequestMax).optional(),
  /** What is masked for the organisation and the key together; absent or null where neither says anything. */
  privacy: privacyPolicy.nullish(),
  /** Whether marks of the prompt cache are set for requests that have none; absent if the provider's option decides. */
  cacheMarks: cacheMarks.optional(),
  /** False if the organisation lets no responses and conversations be stored; absent if it does. */
  storesResponses: z.boolean().optional(),
  /** Keys of `metadata` that become tags of the usage; absent if the organisation allows none. */
  tagKeys: tagKeys.optional(),
});
export type Principal = z.infer<typeof principal>;

/**
 * The header that carries the signed principal, gateway → service. A compact EdDSA JWS, `aud` = the service, ≤ 60 s.
 */
export const principalHeader = 'x-aggregator-principal';
/**
 * The header that carries a peer's own identity, service → service. A compact EdDSA JWS, `aud` = the service, ≤ 60 s.
 */
export const peerHeader = 'x-aggregator-peer';
/** Minted by the gateway (UUIDv7) for every request; the idempotency id of everything after it. */
export const requestIdHeader = 'x-request-id';

/**
 * In a request of the gateway: it unpacks headers. In the answer: other headers of it, names and values in turn, with a
 * tab between any two. Each header by itself costs both sides more than its text.
 */
export const packedHeader = 'x-aggregator-packed';

/** The six services, by their names in `aud`, logs and metrics. */
export const serviceNames = ['api-gateway', 'auth', 'provider-orchestrator', 'proxy', 'billing', 'analytics'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who may call a service: the six, and the operator that hands over what Kubernetes declares. */
export const peerNames = [...serviceNames, 'provider-operator'] as const;
export type PeerName = (typeof peerNames)[number];
