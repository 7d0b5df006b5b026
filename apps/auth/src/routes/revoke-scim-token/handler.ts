import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { revokeScimToken } from '../../scim/scim-tokens.ts';

export function revokeScimTokenHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const id = z.uuid().safeParse(request.params.id);
    if (!id.success) throw new AppError('not_found');
    await revokeScimToken(context, callerOf(request), id.data);
    response.status(204).end();
  };
}
