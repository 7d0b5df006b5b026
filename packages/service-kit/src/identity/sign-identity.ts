import type { PeerName, Principal, ServiceName } from '@aggregator/contracts';
import { SignJWT } from 'jose';
import type { InternalKeyring } from './internal-keyring.ts';

const lifetimeSeconds = 60;
/** A cached token is replaced this long before it expires, so that one on the wire never dies under way. */
const renewBeforeMs = 20_000;

interface CachedToken {
  token: Promise<string>;
  renewAtMs: number;
}

/** Makes the headers by which a service names itself and its principal to its peers. */
export interface IdentitySigner {
  /** For `x-aggregator-peer`. */
  signPeer(target: ServiceName): Promise<string>;
  /** For `x-aggregator-principal`. Cached by the principal's object identity, so keep the object between requests. */
  signPrincipal(principal: Principal, target: ServiceName): Promise<string>;
}

export function createIdentitySigner(keyring: InternalKeyring, self: PeerName): IdentitySigner {
  const peers = new Map<ServiceName, CachedToken>();
  const principals = new WeakMap<Principal, Map<ServiceName, CachedToken>>();

  const sign = (target: ServiceName, claims: Record<string, unknown>) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(self)
      .setAudience(target)
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(keyring.privateKey);

  const fromCache = (cache: Map<ServiceName, CachedToken>, target: ServiceName, claims: Record<string, unknown>) => {
    const cached = cache.get(target);
    if (cached !== undefined && cached.renewAtMs > Date.now()) return cached.token;
    const token = sign(target, claims);
    token.catch(() => cache.delete(target));
    cache.set(target, { token, renewAtMs: Date.now() + lifetimeSeconds * 1000 - renewBeforeMs });
    return token;
  };

  return {
    signPeer: (target) => fromCache(peers, target, { use: 'peer' }),
    signPrincipal(principal, target) {
      let cache = principals.get(principal);
      if (cache === undefined) {
        cache = new Map();
        principals.set(principal, cache);
      }
      return fromCache(cache, target, { use: 'principal', principal });
    },
  };
}
