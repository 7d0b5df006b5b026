import { AppError, queryPage, type teamMemberList } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { readPathId } from '../../database/read-path-id.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { teamsInReach } from '../../teams/teams-in-reach.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Oldest account first, in pages. */
export function listTeamMembersHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const where = { ...teamsInReach(standingOf(request), 'teams.read'), id: readPathId(request, 'teamId') };
    const team = await database.team.findFirst({ where });
    if (team === null) throw new AppError('not_found');
    const rows = await database.teamMember.findMany({
      where: { teamId: team.id, ...(cursor !== undefined && { userId: { gt: cursor } }) },
      include: { membership: { select: { user: { select: { name: true, email: true } } } } },
      orderBy: { userId: 'asc' },
      take: limit + 1,
    });
    const show = ({ userId, role, membership }: (typeof rows)[number]) => ({ userId, role, ...membership.user });
    response.json(toPage(rows, limit, ({ userId }) => userId, show) satisfies z.infer<typeof teamMemberList>);
  };
}
