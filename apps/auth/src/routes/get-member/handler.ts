import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { showMembers } from '../../members/show-members.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function getMemberHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const where = { organizationId_userId: { organizationId, userId: readPathId(request, 'userId') } };
    const row = await database.membership.findUnique({ where, include: { user: true } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showMembers(database, organizationId, [row])));
  };
}
