import { AppError, type auditList, auditQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { toAuditCsv, toAuditLines } from '../../audit/export-entries.ts';
import { showEntries } from '../../audit/show-entries.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { reachFor } from '../../permissions/standing.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Entries of one file: it is made in memory. */
const exportedMax = 5000;

/** Newest first. Another organisation's is 404 for everyone but an operator. */
export function listAuditHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const query = checkBody(auditQuery, { ...request.query });
    const { cursor, limit = pageSize, organizationId: named, format, from, to, action, subjectId, actorUserId } = query;
    const organizationId = named?.toLowerCase() ?? standing.organizationId;
    const isForeign = organizationId !== standing.organizationId;
    if (isForeign && reachFor(standing, 'audit.read') !== 'installation') throw new AppError('not_found');
    const isFile = format !== undefined;
    const rows = await database.auditEntry.findMany({
      where: {
        ...{ organizationId, action, subjectId, actorUserId },
        ...(cursor !== undefined && { id: { lt: cursor } }),
        time: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) },
      },
      orderBy: { id: 'desc' },
      take: (isFile ? exportedMax : limit) + 1,
    });
    if (isFile && rows.length > exportedMax) {
      const message = `More than ${exportedMax} entries fit. Narrow 'from' and 'to'.`;
      throw new AppError('invalid_value', { param: 'from', message });
    }
    const page = isFile ? { data: rows, nextCursor: null } : toPage(rows, limit, ({ id }) => id);
    const data = await showEntries(database, organizationId, page.data);
    if (!isFile) {
      response.json({ ...page, data } satisfies z.infer<typeof auditList>);
      return;
    }
    const isCsv = format === 'csv';
    response.type(isCsv ? 'text/csv' : 'application/x-ndjson');
    response.set('content-disposition', `attachment; filename="audit.${format}"`);
    response.send(isCsv ? toAuditCsv(data) : toAuditLines(data));
  };
}
