import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { scimTokensMax, toScimToken } from '../../scim/scim-tokens.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function listScimTokensHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const rows = await database.scimToken.findMany({
      where: { organizationId, revokedAt: null },
      orderBy: { id: 'asc' },
      take: scimTokensMax,
    });
    response.json({ data: rows.map(toScimToken) });
  };
}
