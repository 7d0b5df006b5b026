import { hash } from 'node:crypto';
import { AppError, type PeerName, peerNames } from '@aggregator/contracts';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { VerifiedTokens } from './verified-tokens.ts';
import type { IdentityVerifier } from './verify-identity.ts';

export interface ServiceAccountOptions {
  readonly findKey: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  readonly namespace: string;
  /** The prefix of a peer's name in the name of its service account. */
  readonly accountPrefix: string;
}

/** What Kubernetes signs with. Never a symmetric one: then a public key would do for forging. */
const algorithms = ['RS256', 'ES256', 'ES384', 'ES512'];
const leewaySeconds = 60;
const tokenLengthMax = 16 * 1024;
const cacheMax = 1000;

const claims = z.object({ sub: z.string(), exp: z.number() });

/**
 * Knows a peer by the token of its pod's service account, without asking the API server for each: so a token is believed
 * until it expires, also when its pod is gone.
 */
export function createServiceAccountVerifier(options: ServiceAccountOptions): Pick<IdentityVerifier, 'verifyPeer'> {
  const verified = new VerifiedTokens<PeerName>(cacheMax);
  const subjects = new Map(
    peerNames.map((peer) => [`system:serviceaccount:${options.namespace}:${options.accountPrefix}${peer}`, peer]),
  );

  async function verify(token: string) {
    try {
      const { payload } = await jwtVerify(token, options.findKey, {
        algorithms,
        issuer: options.issuer,
        audience: options.audience,
        clockTolerance: leewaySeconds,
        requiredClaims: ['exp', 'sub'],
      });
      return claims.parse(payload);
    } catch (cause) {
      throw cause instanceof AppError ? cause : new AppError('invalid_peer', { internal: 'token refused', cause });
    }
  }

  return {
    async verifyPeer(token) {
      if (token === undefined || token.length > tokenLengthMax) {
        throw new AppError('invalid_peer', { internal: 'no token' });
      }
      const digest = hash('sha256', token, 'base64url');
      const known = verified.recall(digest);
      if (known !== undefined) return known;
      const { sub, exp } = await verify(token);
      const peer = subjects.get(sub);
      if (peer === undefined) throw new AppError('invalid_peer', { internal: `${sub} is no peer` });
      verified.remember(digest, peer, exp * 1000);
      return peer;
    },
  };
}
