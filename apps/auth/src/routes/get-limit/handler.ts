import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { showLimits } from '../../limits/show-limits.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function getLimitHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const where = { id: readPathId(request, 'limitId'), organizationId: principalOf(request).orgId };
    const row = await database.usageLimit.findFirst({ where });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showLimits(database, row.organizationId, [row])));
  };
}
