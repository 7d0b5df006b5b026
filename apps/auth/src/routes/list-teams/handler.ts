import { queryPage, type teamList } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { teamsInReach } from '../../teams/teams-in-reach.ts';
import { toTeam } from '../../teams/to-team.ts';

const pageSize = 50;

/** Oldest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listTeamsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const rows = await database.team.findMany({
      where: {
        ...teamsInReach(standingOf(request), 'teams.read'),
        ...(cursor !== undefined && { id: { gt: cursor } }),
      },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof teamList> = {
      data: page.map(toTeam),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
    response.json(answer);
  };
}
