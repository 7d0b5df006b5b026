import { queryPage } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { standingOf } from '../../permissions/allow-action.ts';
import { showTeams } from '../../teams/show-teams.ts';
import { teamsInReach } from '../../teams/teams-in-reach.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Oldest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listTeamsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const rows = await database.team.findMany({
      where: { ...teamsInReach(standing, 'teams.read'), ...(cursor !== undefined && { id: { gt: cursor } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ id }) => id);
    response.json({ ...page, data: await showTeams(database, standing.organizationId, page.data) });
  };
}
