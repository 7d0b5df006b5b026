import { putTeamMemberRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { putTeamMember } from '../../teams/staff-team.ts';

export function putTeamMemberHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { role } = checkBody(putTeamMemberRequest, request.body);
    const teamId = readPathId(request, 'teamId');
    await putTeamMember(context, caller, { teamId, userId: readPathId(request, 'userId') }, role);
    const { requestId, principal } = caller;
    await context.events.teamChanged({ requestId, organizationId: principal.orgId, teamId, change: 'team_member_set' });
    response.status(204).end();
  };
}
