import { type RequestedDeletion, requestDeletionRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { requestDeletion } from '../../deletion/request-deletion.ts';

export function requestDeletionHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { name } = checkBody(requestDeletionRequest, request.body);
    const deleteAt = await requestDeletion(context, caller, name);
    const { requestId, principal } = caller;
    await context.events.organizationUpdated({ requestId, organizationId: principal.orgId });
    const answer: RequestedDeletion = { deleteAt: deleteAt.toISOString() };
    response.status(202).json(answer);
  };
}
