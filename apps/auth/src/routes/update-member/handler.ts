import { updateMemberRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { updateMember } from '../../members/update-member.ts';

export function updateMemberHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { role } = checkBody(updateMemberRequest, request.body);
    const member = await updateMember(context, caller, { userId: readPathId(request, 'userId'), role });
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, userIds: [member.userId] };
    await context.events.membersChanged({ ...fact, change: 'role_changed' });
    response.json(member);
  };
}
