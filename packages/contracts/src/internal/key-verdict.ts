import { z } from 'zod';
import { principal } from '../principal.ts';

/** Gateway → auth `POST /internal/keys/verify`. The key itself stays in the gateway: only its SHA-256 crosses. */
export const verifyKeyRequest = z.strictObject({ keySha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type VerifyKeyRequest = z.infer<typeof verifyKeyRequest>;

/**
 * `blocked`: the operator blocked the key, its user or its organisation. Absent for every other reason, which stays
 * secret.
 */
const refused = z.strictObject({ valid: z.literal(false), reason: z.enum(['blocked']).optional() });

/** What auth says of a key. `expiresAt` bounds how long a positive verdict may be kept. */
export const keyVerdict = z.discriminatedUnion('valid', [
  z.strictObject({
    valid: z.literal(true),
    principal,
    /** RFC 3339; null where the key never expires. */
    expiresAt: z.iso.datetime().nullable(),
    /** Addresses (CIDR) that may use the key; null means any. */
    allowedIps: z.array(z.string()).max(100).nullable(),
    /** Origins of pages that may use the key; absent means any. */
    allowedOrigins: z.array(z.string()).max(100).optional(),
  }),
  refused,
]);
export type KeyVerdict = z.infer<typeof keyVerdict>;

/**
 * Verdict of auth on the session of an access token, `GET /internal/sessions/{id}`: the principal as it is now. Limits,
 * masking, the role and a block can change while a token is valid, so the token's own claims never decide them.
 */
export const sessionVerdict = z.discriminatedUnion('valid', [
  z.strictObject({ valid: z.literal(true), principal }),
  refused,
]);
export type SessionVerdict = z.infer<typeof sessionVerdict>;

/** Callers whose open answers end at once. */
const cut = z.strictObject({
  keyIds: z.array(z.uuid()).max(1000),
  userIds: z.array(z.uuid()).max(100),
  organizationIds: z.array(z.uuid()).max(100),
});

/** Auth → gateways, over the invalidation channel: forget what you cached. */
export const keyInvalidationChannel = 'aggregator:invalidate:keys';
export const keyInvalidation = z.strictObject({
  /** SHA-256 (hex) of the keys to forget; empty with `all` true means every verdict. */
  keySha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000),
  all: z.boolean(),
  /** Organisations whose keys' and sessions' verdicts are to be forgotten. */
  organizationIds: z.array(z.uuid()).max(100).optional(),
  /** Users whose keys' and sessions' verdicts are to be forgotten. */
  userIds: z.array(z.uuid()).max(100).optional(),
  /** Gateways end every open answer of these callers at once; absent if answers in flight may finish. */
  cut: cut.optional(),
});
export type KeyInvalidation = z.infer<typeof keyInvalidation>;

/**
 * Auth `GET /internal/keys/epoch`: grows with every change of any key or policy; polled in case a message was lost.
 * With
 * `?cuts=true` the answer has the orders of the last ten minutes that ended answers (`kill=true`); a gateway of an
 * older version does not ask for them.
 */
export const keyEpoch = z.strictObject({
  epoch: z.number().int().min(0),
  /** `ageMs`: since the order was given. */
  cuts: z
    .array(cut.extend({ id: z.uuid(), ageMs: z.number().int().min(0) }))
    .max(100)
    .optional(),
});
