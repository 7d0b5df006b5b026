import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { cancelDeletion } from '../../deletion/request-deletion.ts';

export function cancelDeletionHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    await cancelDeletion(context, caller);
    const { requestId, principal } = caller;
    await context.events.organizationUpdated({ requestId, organizationId: principal.orgId });
    response.status(204).end();
  };
}
