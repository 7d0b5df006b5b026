import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { listLimits } from '../../limits/list-limits.ts';

export function listLimitsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    response.json(await listLimits(database, principalOf(request).orgId, request.query));
  };
}
