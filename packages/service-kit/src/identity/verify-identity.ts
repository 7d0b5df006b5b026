import { AppError, type PeerName, type Principal, peerNames, principal } from '@aggregator/contracts';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { InternalKeyring } from './internal-keyring.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const claims = z.object({
  iss: z.enum(peerNames),
  exp: z.number(),
  use: z.enum(['peer', 'principal']),
  principal: principal.optional(),
});

const cacheMax = 10_000;
const tokenLengthMax = 64 * 1024;

/** Believes only tokens that a peer of this installation signed for this very service. Throws `invalid_peer`. */
export interface IdentityVerifier {
  verifyPeer(token: string | undefined): Promise<PeerName>;
  /** Only the gateway may speak for a principal. Synchronous answer from the cache where the token was seen before. */
  verifyPrincipal(token: string | undefined): Principal | Promise<Principal>;
}

export function createIdentityVerifier(keyring: Pick<InternalKeyring, 'publicKey'>, self: PeerName): IdentityVerifier {
  const peers = new VerifiedTokens<PeerName>(cacheMax);
  const principals = new VerifiedTokens<Principal>(cacheMax);

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
    principals.remember(token ?? '', found.principal, found.exp * 1000);
    return found.principal;
  }

  return {
    async verifyPeer(token) {
      const cached = peers.recall(token);
      if (cached !== undefined) return cached;
      const found = await verify(token);
      if (found.use !== 'peer') throw new AppError('invalid_peer', { internal: 'a principal token is no peer' });
      peers.remember(token ?? '', found.iss, found.exp * 1000);
      return found.iss;
    },
    verifyPrincipal: (token) => principals.recall(token) ?? verifyPrincipalToken(token),
  };
}
