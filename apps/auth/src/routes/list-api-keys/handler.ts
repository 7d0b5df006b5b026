import { listApiKeysQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { escapeLike } from '../../database/escape-like.ts';
import { showKeys } from '../../keys/show-keys.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { keysInReach } from '../../permissions/in-reach.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Newest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listApiKeysHandler({ database, limits }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const { cursor, limit = pageSize, ...filter } = checkBody(listApiKeysQuery, { ...request.query });
    const { userId, teamId, isRevoked, name } = filter;
    const rows = await database.apiKey.findMany({
      where: {
        AND: [keysInReach(standing)],
        ...(userId !== undefined && { userId }),
        ...(teamId !== undefined && { teamId }),
        ...(isRevoked !== undefined && { revokedAt: isRevoked ? { not: null } : null }),
        ...(name !== undefined && { name: { contains: escapeLike(name), mode: 'insensitive' } }),
        ...(cursor !== undefined && { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ id }) => id);
    response.json({ ...page, data: await showKeys(database, limits, standing.organizationId, page.data) });
  };
}
