import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { listLimits } from '../../limits/list-limits.ts';

/** GET /internal/organizations/{id}/limits: for billing, which asks the counter store what is used of them. */
export function listOrganizationLimitsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    response.json(await listLimits(database, readPathId(request, 'id'), request.query));
  };
}
