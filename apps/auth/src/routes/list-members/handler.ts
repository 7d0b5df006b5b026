import { listMembersQuery } from '@aggregator/contracts';
import { checkBody, pageSize, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { escapeLike } from '../../database/escape-like.ts';
import { showMembers } from '../../members/show-members.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Oldest account first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listMembersHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const { cursor, limit = pageSize, role, name } = checkBody(listMembersQuery, { ...request.query });
    const has = name === undefined ? null : ({ contains: escapeLike(name), mode: 'insensitive' } as const);
    const rows = await database.membership.findMany({
      where: {
        organizationId,
        ...(role !== undefined && { role }),
        ...(has !== null && { user: { OR: [{ name: has }, { email: has }] } }),
        ...(cursor !== undefined && { userId: { gt: cursor } }),
      },
      include: { user: true },
      orderBy: { userId: 'asc' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ userId }) => userId);
    response.json({ ...page, data: await showMembers(database, organizationId, page.data) });
  };
}
