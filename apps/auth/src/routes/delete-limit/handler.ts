import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { deleteLimit } from '../../limits/change-limit.ts';

export function deleteLimitHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const limitId = readPathId(request, 'limitId');
    await deleteLimit(context, caller, limitId);
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, limitId };
    await context.events.limitChanged({ ...fact, change: 'limit_deleted' });
    response.status(204).end();
  };
}
