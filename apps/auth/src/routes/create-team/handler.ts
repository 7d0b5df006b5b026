import { createTeamRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createTeam } from '../../teams/create-team.ts';

export function createTeamHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const team = await createTeam(context, callerOf(request), checkBody(createTeamRequest, request.body));
    response.status(201).json(team);
  };
}
