import { keySightings } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { takeSightings } from '../../security/take-sightings.ts';

/** POST /internal/keys/sightings: 204. */
export function recordSightingsHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await takeSightings(context, checkBody(keySightings, request.body));
    response.status(204).end();
  };
}
