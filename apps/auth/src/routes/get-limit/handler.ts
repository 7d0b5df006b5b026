import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { readLimitId } from '../../limits/read-limit-id.ts';
import { toLimit } from '../../limits/to-limit.ts';

export function getLimitHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const where = { id: readLimitId(request), organizationId: principalOf(request).orgId };
    const row = await database.usageLimit.findFirst({ where });
    if (row === null) throw new AppError('not_found');
    response.json(toLimit(row));
  };
}
