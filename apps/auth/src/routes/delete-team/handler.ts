import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { deleteTeam } from '../../teams/change-team.ts';

export function deleteTeamHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const teamId = readPathId(request, 'teamId');
    await deleteTeam(context, caller, teamId);
    const { requestId, principal } = caller;
    await context.events.teamChanged({ requestId, organizationId: principal.orgId, teamId, change: 'team_deleted' });
    response.status(204).end();
  };
}
