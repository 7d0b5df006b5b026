import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { deleteLimit } from '../../limits/change-limit.ts';
import { readLimitId } from '../../limits/read-limit-id.ts';

export function deleteLimitHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const limitId = readLimitId(request);
    await deleteLimit(context, caller, limitId);
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, limitId };
    await context.events.limitChanged({ ...fact, change: 'limit_deleted' });
    response.status(204).end();
  };
}
