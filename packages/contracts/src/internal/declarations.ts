import { z } from 'zod';
import { priceTableEntriesMax, priceTablesMax, providersMax, routesMax } from '../bounds.ts';
import { declaredPriceRule, priceEntry } from '../management/prices.ts';
import { managedModel } from '../management/providers.ts';
import { putRouteRequest, routeName } from '../management/routes.ts';
import { providerName, providerType, snapshotProvider } from '../routing-snapshot.ts';

/**
 * Operator → orchestrator: all that one owner (the class of an operator) declares, whole each time, so that what is
 * missing is gone. Credentials come first and by themselves:
 *
 * 1. `PUT /internal/declarations/{owner}/credentials` → 204
 * 2. `PUT /internal/declarations/{owner}` → `declarationsAnswer`
 *
 * Fenced: `epoch` grows with each leader, `sequence` with each call of one leader. What is older than what the owner
 * said last is refused as `stale_declaration` (409) and changes nothing. The same content again changes nothing either.
 */
export const declarationFence = z.strictObject({
  /** Of the leader's lease: a number that no earlier leader had. */
  epoch: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  sequence: z.number().int().min(1),
});
export type DeclarationFence = z.infer<typeof declarationFence>;

export const ownerName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);

/** The resource that declares an entry; answers and logs name it. */
export const declarationOrigin = z.strictObject({
  namespace: z.string().min(1).max(63),
  name: z.string().min(1).max(253),
  uid: z.string().min(1).max(64),
  generation: z.number().int().min(0),
});
export type DeclarationOrigin = z.infer<typeof declarationOrigin>;

/** Made by the operator of where the key comes from and which version it is; a rotated key is another id. */
export const credentialId = z.uuid();

export const declaredCredential = z.strictObject({
  id: credentialId,
  /** Bound to it: no other provider can name this credential. */
  provider: providerName,
  value: z
    .string()
    .min(1)
    .max(16_384)
    .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces'),
});
export type DeclaredCredential = z.infer<typeof declaredCredential>;

export const putCredentialsRequest = z.strictObject({
  ...declarationFence.shape,
  credentials: z.array(declaredCredential).min(1).max(500),
});

export const declaredProvider = z.strictObject({
  origin: declarationOrigin,
  name: providerName,
  type: providerType,
  /** Absent: the vendor's own address; for Mock, the installation's mock provider. */
  baseUrl: z.string().min(1).max(2000).optional(),
  credentialIds: z.array(credentialId).max(16),
  /** What its connections are made with, handed over like a key. Absent for the certificates of the system. */
  tlsCredentialId: credentialId.optional(),
  options: snapshotProvider.shape.options,
  concurrencyMax: snapshotProvider.shape.concurrencyMax,
  /** Absent: all that are known of the vendor. Those given are added to them, and win where names meet. */
  models: z.array(managedModel).max(256).optional(),
  /** True if what is known of the vendor is offered, too. */
  hasKnownModels: z.boolean(),
  /** Names with `*` for any text, of the known models; an empty `include` means all. */
  include: z.array(z.string().min(1).max(128)).max(64),
  exclude: z.array(z.string().min(1).max(128)).max(64),
});
export type DeclaredProviderEntry = z.infer<typeof declaredProvider>;

export const declaredRoute = z.strictObject({
  origin: declarationOrigin,
  name: routeName,
  route: putRouteRequest,
});
export type DeclaredRouteEntry = z.infer<typeof declaredRoute>;

export const declaredPriceTable = z.strictObject({
  origin: declarationOrigin,
  /** Null: its spec is invalid now. What it set before stays. */
  prices: z.array(priceEntry).max(priceTableEntriesMax).nullable(),
  /** Markups and discounts. Absent: none. */
  rules: z.array(declaredPriceRule).max(priceTableEntriesMax).optional(),
});
export type DeclaredPriceTableEntry = z.infer<typeof declaredPriceTable>;

/** Providers that are draining, disabled or not accepted are left out: what is not here takes no new request. */
export const putDeclarationsRequest = z.strictObject({
  ...declarationFence.shape,
  providers: z.array(declaredProvider).max(providersMax),
  routes: z.array(declaredRoute).max(routesMax),
  /** Absent if the operator does not watch price tables: the prices that they set before stay. */
  priceTables: z.array(declaredPriceTable).max(priceTablesMax).optional(),
});
export type PutDeclarationsRequest = z.infer<typeof putDeclarationsRequest>;

/**
 * What became of an entry. One that is refused is left out, and costs the others nothing:
 * - `name_taken`: declared by another owner, who keeps it;
 * - `credential_unknown`: send the credential again;
 * - `price_conflict`: a price of another source holds within the same span; of the whole table nothing has changed;
 * - `invalid`: the message says what.
 */
export const declarationResult = z.strictObject({
  uid: z.string(),
  result: z.enum(['accepted', 'name_taken', 'credential_unknown', 'price_conflict', 'invalid']),
  message: z.string().max(500),
  /** Of an accepted provider: names of the models that it offers, at most 64 of them, and how many there are. */
  models: z.array(z.string()).max(64).optional(),
  modelCount: z.number().int().min(0).optional(),
  /** Models without a price, which are refused. */
  unpricedCount: z.number().int().min(0).optional(),
});
export type DeclarationResult = z.infer<typeof declarationResult>;

export const declarationsAnswer = z.strictObject({
  /** What proxies must have applied for these entries to be served. */
  snapshot: z.strictObject({ epoch: z.number().int().min(1), version: z.number().int().min(1) }),
  entries: z.array(declarationResult).max(providersMax + routesMax + priceTablesMax),
});
export type DeclarationsAnswer = z.infer<typeof declarationsAnswer>;
