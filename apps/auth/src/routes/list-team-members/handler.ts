import { AppError, queryPage, type teamMemberList } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { readTeamId } from '../../teams/read-team-id.ts';
import { teamsInReach } from '../../teams/teams-in-reach.ts';

const pageSize = 50;

/** Oldest account first, in pages. */
export function listTeamMembersHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const where = { ...teamsInReach(standingOf(request), 'teams.read'), id: readTeamId(request) };
    const team = await database.team.findFirst({ where });
    if (team === null) throw new AppError('not_found');
    const rows = await database.teamMember.findMany({
      where: { teamId: team.id, ...(cursor !== undefined && { userId: { gt: cursor } }) },
      include: { membership: { select: { user: { select: { name: true, email: true } } } } },
      orderBy: { userId: 'asc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof teamMemberList> = {
      data: page.map(({ userId, role, membership }) => ({ userId, role, ...membership.user })),
      nextCursor: rows.length > limit ? (page.at(-1)?.userId ?? null) : null,
    };
    response.json(answer);
  };
}
