import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { toUser } from '../../accounts/to-user.ts';
import type { AuthContext } from '../../auth-context.ts';
import { standingOf } from '../../permissions/allow-action.ts';

export function getProfileHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const user = await database.user.findUnique({ where: { id: standing.userId } });
    if (user === null) throw new AppError('not_found');
    response.json(toUser(user, standing));
  };
}
