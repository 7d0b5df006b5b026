import { z } from 'zod';
import { scope } from '../principal.ts';

/** `iss` and `aud` of access tokens. */
export const accessTokenIssuer = 'ai-aggregator';
/** The only algorithm that is accepted, even if a token's header names another. */
export const accessTokenAlgorithm = 'EdDSA';
/** Where auth serves the public keys (RFC 7517). */
export const jwksPath = '/.well-known/jwks.json';

/** Claims of an access token, besides the registered ones. */
export const accessTokenClaims = z.object({
  /** The user's id. */
  sub: z.uuid(),
  org: z.uuid(),
  scopes: z.array(scope).max(32),
  /** The session; ends with logout. */
  sid: z.uuid(),
  use: z.literal('access'),
});
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;
