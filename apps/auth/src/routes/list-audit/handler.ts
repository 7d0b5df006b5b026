import { AppError, type auditList, auditQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { showEntries } from '../../audit/show-entries.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { reachFor } from '../../permissions/standing.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Newest first. Another organisation's is 404 for everyone but an operator. */
export function listAuditHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const { cursor, limit = pageSize, organizationId: named, ...filter } = checkBody(auditQuery, { ...request.query });
    const organizationId = named?.toLowerCase() ?? standing.organizationId;
    const isForeign = organizationId !== standing.organizationId;
    if (isForeign && reachFor(standing, 'audit.read') !== 'installation') throw new AppError('not_found');
    const { action, subjectId } = filter;
    const rows = await database.auditEntry.findMany({
      where: {
        organizationId,
        ...(cursor !== undefined && { id: { lt: cursor } }),
        ...(action !== undefined && { action }),
        ...(subjectId !== undefined && { subjectId }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ id }) => id);
    const data = await showEntries(database, organizationId, page.data);
    response.json({ ...page, data } satisfies z.infer<typeof auditList>);
  };
}
