import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { deleteTeam } from '../../teams/change-team.ts';
import { readTeamId } from '../../teams/read-team-id.ts';

export function deleteTeamHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const teamId = readTeamId(request);
    await deleteTeam(context, caller, teamId);
    const { requestId, principal } = caller;
    await context.events.teamChanged({ requestId, organizationId: principal.orgId, teamId, change: 'team_deleted' });
    response.status(204).end();
  };
}
