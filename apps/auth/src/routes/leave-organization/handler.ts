import { leaveQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { endMembership } from '../../members/end-membership.ts';
import { requireSession } from '../../sessions/require-session.ts';

export function leaveOrganizationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    requireSession(caller);
    const { handKeysTo } = checkBody(leaveQuery, request.body);
    const { userId, orgId: organizationId } = caller.principal;
    await endMembership(context, caller, { userId, handKeysTo });
    const fact = { requestId: caller.requestId, organizationId, userIds: [userId] };
    await context.events.membersChanged({ ...fact, change: 'left' });
    response.status(204).end();
  };
}
