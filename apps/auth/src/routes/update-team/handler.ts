import { updateTeamRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { updateTeam } from '../../teams/change-team.ts';

export function updateTeamHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const teamId = readPathId(request, 'teamId');
    const team = await updateTeam(context, caller, teamId, checkBody(updateTeamRequest, request.body));
    const { requestId, principal } = caller;
    await context.events.teamChanged({ requestId, organizationId: principal.orgId, teamId, change: 'team_updated' });
    response.json(team);
  };
}
