import { listTenantsQuery, type tenantList } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { toTenant } from '../../accounts/to-tenant.ts';
import type { AuthContext } from '../../auth-context.ts';

const pageSize = 50;

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
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof tenantList> = {
      data: page.map((row) => toTenant(row, limits)),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
    response.json(answer);
  };
}

/** The database would take `%` and `_` for any text. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
