import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { toUser } from '../../accounts/to-user.ts';
import type { AuthContext } from '../../context.ts';

export function getProfileHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { userId, orgId } = principalOf(request);
    const user = await database.user.findFirst({ where: { id: userId, organizationId: orgId } });
    if (user === null) throw new AppError('not_found');
    response.json(toUser(user));
  };
}
