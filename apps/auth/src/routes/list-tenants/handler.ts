import { listTenantsQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showTenants } from '../../accounts/show-organizations.ts';
import type { AuthContext } from '../../auth-context.ts';
import { escapeLike } from '../../database/escape-like.ts';

/** Newest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listTenantsHandler({ database, limits }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize, name } = checkBody(listTenantsQuery, { ...request.query });
    const rows = await database.organization.findMany({
      where: {
        deletedAt: null,
        ...(name !== undefined && { name: { contains: escapeLike(name), mode: 'insensitive' } }),
        ...(cursor !== undefined && { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ id }) => id);
    response.json({ ...page, data: await showTenants(database, limits, page.data) });
  };
}
