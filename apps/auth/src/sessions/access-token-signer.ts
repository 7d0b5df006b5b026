import { type AccessTokenClaims, accessTokenAlgorithm, accessTokenIssuer } from '@aggregator/contracts';
import { createInternalKeyring } from '@aggregator/service-kit';
import { calculateJwkThumbprint, exportJWK, type JWK, SignJWT } from 'jose';

export interface AccessTokenSigner {
  /** Of each token, from its signature. */
  readonly lifetimeSeconds: number;
  sign(claims: Omit<AccessTokenClaims, 'use'>, now: Date): Promise<string>;
  /** The public keys of every token that is or may be in use (RFC 7517). */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** `seeds`: 32 bytes each, as base64url. The first signs, all are published. */
export async function createAccessTokenSigner(
  seeds: readonly string[],
  lifetimeSeconds: number,
): Promise<AccessTokenSigner> {
  const pairs = await Promise.all(seeds.map(readPair));
  const present = pairs[0];
  if (present === undefined) throw new RangeError('at least one signing key is needed');

  return {
    lifetimeSeconds,
    jwks: { keys: pairs.map(({ jwk }) => jwk) },
    sign(claims, now) {
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ org: claims.org, scopes: claims.scopes, sid: claims.sid, use: 'access' })
        .setProtectedHeader({ alg: accessTokenAlgorithm, kid: present.kid, typ: 'JWT' })
        .setSubject(claims.sub)
        .setIssuer(accessTokenIssuer)
        .setAudience(accessTokenIssuer)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(present.privateKey);
    },
  };
}

async function readPair(seed: string) {
  const { privateKey, publicKey } = createInternalKeyring(seed);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, kid, jwk: { ...jwk, kid, alg: accessTokenAlgorithm, use: 'sig' } };
}
