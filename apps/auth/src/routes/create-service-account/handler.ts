import { createServiceAccountRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createServiceAccount } from '../../members/create-service-account.ts';

export function createServiceAccountHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const member = await createServiceAccount(context, caller, checkBody(createServiceAccountRequest, request.body));
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, userIds: [member.userId] };
    await context.events.membersChanged({ ...fact, change: 'joined' });
    response.status(201).json(member);
  };
}
