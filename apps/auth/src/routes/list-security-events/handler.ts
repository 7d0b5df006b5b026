import { AppError, type SecurityEvent, securityEvent, securityEventQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { uuidInPath } from '../../database/uuid-in-path.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { reachFor } from '../../permissions/standing.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** Newest first. Another organisation's, and the installation's, are 404 for everyone but an operator. */
export function listSecurityEventsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const { cursor, limit = pageSize, ...query } = checkBody(securityEventQuery, { ...request.query });
    const { organizationId: named, of, type, severity } = query;
    const organizationId = of === 'installation' ? null : (named?.toLowerCase() ?? standing.organizationId);
    const isForeign = organizationId !== standing.organizationId;
    if (isForeign && reachFor(standing, 'audit.read') !== 'installation') throw new AppError('not_found');
    const rows = await database.securityEvent.findMany({
      where: {
        organizationId,
        ...(type !== undefined && { type }),
        ...(severity !== undefined && { severity }),
        ...(cursor !== undefined && { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const ids = rows.flatMap(({ subjectId }) => uuidInPath.safeParse(subjectId).data ?? []);
    const [keys, users] = await Promise.all([
      database.apiKey.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }),
      database.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }),
    ]);
    const names = new Map([...keys, ...users].map(({ id, name }) => [id, name]));
    const show = ({ day: _day, ...row }: (typeof rows)[number]): SecurityEvent =>
      securityEvent.parse({
        ...row,
        ...{ firstAt: row.firstAt.toISOString(), lastAt: row.lastAt.toISOString() },
        subjectName: names.get(row.subjectId) ?? null,
      });
    response.json(toPage(rows, limit, ({ id }) => id, show));
  };
}
