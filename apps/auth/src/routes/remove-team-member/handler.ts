import { leaveQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { removeTeamMember } from '../../teams/staff-team.ts';

export function removeTeamMemberHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { handKeysTo } = checkBody(leaveQuery, { ...request.query });
    const teamId = readPathId(request, 'teamId');
    await removeTeamMember(context, caller, { teamId, userId: readPathId(request, 'userId') }, handKeysTo);
    const fact = { requestId: caller.requestId, organizationId: caller.principal.orgId, teamId };
    await context.events.teamChanged({ ...fact, change: 'team_member_removed' });
    response.status(204).end();
  };
}
