import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { listLimits } from '../../limits/list-limits.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function listLimitsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json(await listLimits(database, principalOf(request).orgId, request.query));
  };
}
