import { transferRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { transferOwnership } from '../../members/transfer-ownership.ts';

export function transferOwnershipHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const userId = checkBody(transferRequest, request.body).userId.toLowerCase();
    await transferOwnership(context, caller, userId);
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, userIds: [principal.userId, userId] };
    await context.events.membersChanged({ ...fact, change: 'ownership_transferred' });
    response.status(204).end();
  };
}
