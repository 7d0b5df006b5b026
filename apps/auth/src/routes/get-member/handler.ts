import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { showMembers } from '../../members/show-members.ts';

export function getMemberHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const where = { organizationId_userId: { organizationId, userId: readPathId(request, 'userId') } };
    const row = await database.membership.findUnique({ where, include: { user: true } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showMembers(database, organizationId, [row])));
  };
}
