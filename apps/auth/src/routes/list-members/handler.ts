import { listMembersQuery, type memberList } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { toMember } from '../../members/to-member.ts';

const pageSize = 50;

/** Oldest account first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listMembersHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const { cursor, limit = pageSize } = checkBody(listMembersQuery, { ...request.query });
    const rows = await database.membership.findMany({
      where: { organizationId, ...(cursor !== undefined && { userId: { gt: cursor } }) },
      include: { user: true },
      orderBy: { userId: 'asc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof memberList> = {
      data: page.map(toMember),
      nextCursor: rows.length > limit ? (page.at(-1)?.userId ?? null) : null,
    };
    response.json(answer);
  };
}
