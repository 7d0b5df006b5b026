import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';

/** Public keys, for every caller. Short-lived in caches, so that a new one is known before it signs. */
export function getJwksHandler({ accessTokens }: AuthContext): RequestHandler {
  return (_request, response) => {
    response.set('cache-control', 'public, max-age=300').json(accessTokens.jwks);
  };
}
