import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { showTeams } from '../../teams/show-teams.ts';
import { teamsInReach } from '../../teams/teams-in-reach.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function getTeamHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const where = { ...teamsInReach(standing, 'teams.read'), id: readPathId(request, 'teamId') };
    const row = await database.team.findFirst({ where });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showTeams(database, standing.organizationId, [row])));
  };
}
