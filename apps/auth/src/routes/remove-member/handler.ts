import { leaveQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { endMembership } from '../../members/end-membership.ts';

export function removeMemberHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { handKeysTo } = checkBody(leaveQuery, { ...request.query });
    const userId = readPathId(request, 'userId');
    await endMembership(context, caller, { userId, handKeysTo });
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, userIds: [userId] };
    await context.events.membersChanged({ ...fact, change: 'removed' });
    response.status(204).end();
  };
}
