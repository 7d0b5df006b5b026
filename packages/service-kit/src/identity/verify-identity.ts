import { AppError, type PeerName, type Principal, peerNames, principal, type ServiceName } from '@aggregator/contracts';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { InternalKeyring } from './internal-keyring.ts';

const claims = z.object({
  iss: z.enum(peerNames),
  exp: z.number(),
  use: z.enum(['peer', 'principal']),
  principal: principal.optional(),
});

const cacheMax = 10_000;
const tokenLengthMax = 64 * 1024;

interface Verified<Value> {
  value: Value;
  expiresAtMs: number;
}

/** Believes only tokens that a peer of this installation signed for this very service. Throws `invalid_peer`. */
export interface IdentityVerifier {
  verifyPeer(token: string | undefined): Promise<PeerName>;
  /** Only the gateway may speak for a principal. Synchronous answer from the cache where the token was seen before. */
  verifyPrincipal(token: string | undefined): Principal | Promise<Principal>;
}

export function createIdentityVerifier(keyring: InternalKeyring, self: ServiceName): IdentityVerifier {
  const peers = new Map<string, Verified<PeerName>>();
  const principals = new Map<string, Verified<Principal>>();

  async function verify(token: string | undefined) {
    if (token === undefined || token.length > tokenLengthMax)
      throw new AppError('invalid_peer', { internal: 'no token' });
    try {
      const { payload } = await jwtVerify(token, keyring.publicKey, { algorithms: ['EdDSA'], audience: self });
      return claims.parse(payload);
    } catch (cause) {
      throw new AppError('invalid_peer', { internal: 'token refused', cause });
    }
  }

  async function verifyPrincipalToken(token: string | undefined): Promise<Principal> {
    const found = await verify(token);
    if (found.iss !== 'api-gateway' || found.use !== 'principal' || found.principal === undefined) {
      throw new AppError('invalid_peer', { internal: `a ${found.use} token of ${found.iss} is no principal` });
    }
    remember(principals, token ?? '', { value: found.principal, expiresAtMs: found.exp * 1000 });
    return found.principal;
  }

  return {
    async verifyPeer(token) {
      const cached = recall(peers, token);
      if (cached !== undefined) return cached;
      const found = await verify(token);
      if (found.use !== 'peer') throw new AppError('invalid_peer', { internal: 'a principal token is no peer' });
      remember(peers, token ?? '', { value: found.iss, expiresAtMs: found.exp * 1000 });
      return found.iss;
    },
    verifyPrincipal: (token) => recall(principals, token) ?? verifyPrincipalToken(token),
  };
}

function recall<Value>(cache: Map<string, Verified<Value>>, token: string | undefined): Value | undefined {
  const cached = token === undefined ? undefined : cache.get(token);
  return cached !== undefined && cached.expiresAtMs > Date.now() ? cached.value : undefined;
}

/** Keeps the newest tokens; the oldest go first, since every token lives a minute at most. */
function remember<Value>(cache: Map<string, Verified<Value>>, token: string, verified: Verified<Value>): void {
  if (cache.size >= cacheMax) {
    const oldest = cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
  }
  cache.set(token, verified);
}
