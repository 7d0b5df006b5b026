import { AppError, type Principal } from '@aggregator/contracts';
import { type Claim, type FairPool, type ShareRefusal, toAddressBlock } from '@aggregator/service-kit';

/** A third of what a pool gives to all, while the key is alone. */
const keyWeight = 0.5;
/** Half of it. */
const organizationWeight = 1;
/** Three quarters: many clients can be behind one address, and one client can have many organisations. */
const callerAddressWeight = 3;
/** A quarter. */
const publicAddressWeight = 1 / 3;

/** A principal is one object for as long as its credential is remembered, and mostly sends from one address. */
const lastClaims = new WeakMap<Principal, { readonly clientIp: string; readonly claims: readonly Claim[] }>();

/** The claims of a caller with a credential: its key or user, its organisation, its address. */
export function claimsOf(principal: Principal, clientIp: string): readonly Claim[] {
  const last = lastClaims.get(principal);
  if (last?.clientIp === clientIp) return last.claims;
  const { keyId, userId, orgId } = principal;
  const claims: readonly Claim[] = [
    { kind: 'key', subject: keyId ?? userId, weight: keyWeight },
    { kind: 'organization', subject: orgId, weight: organizationWeight },
    { kind: 'address', subject: toAddressBlock(clientIp), weight: callerAddressWeight },
  ];
  lastClaims.set(principal, { clientIp, claims });
  return claims;
}

/** The claims of a client without a credential: its address, and all such clients together. */
export function publicClaimsOf(clientIp: string): readonly Claim[] {
  return [
    { kind: 'address', subject: toAddressBlock(clientIp), weight: publicAddressWeight },
    { kind: 'public', subject: 'public', weight: 1 },
  ];
}

/** Returns the error for a refused share: 429 if the caller has its part of the pool, 503 if the pool is full. */
export function toShareError(pool: FairPool, { kind, isFull }: ShareRefusal): AppError {
  return new AppError(isFull ? 'service_unavailable' : 'rate_limit_exceeded', {
    internal: `pool ${pool.name}: ${isFull ? 'full' : `the ${kind} has its share`}`,
    retryAfterMs: 1000,
  });
}
