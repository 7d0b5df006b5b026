import { bulkExportQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { writeCsv } from '../../bulk/csv.ts';

/** At most as many people as an organisation can have: 10,000. */
export function exportBulkHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { format = 'json' } = checkBody(bulkExportQuery, { ...request.query });
    const members = await database.membership.findMany({
      where: { organizationId: principalOf(request).orgId, user: { isServiceAccount: false } },
      include: {
        user: { select: { email: true, name: true } },
        teams: { select: { team: { select: { name: true } } } },
      },
      orderBy: { userId: 'asc' },
    });
    const rows = members.map(({ user: { email, name }, role, teams }) => ({
      ...{ email: email ?? '', name, role, teams: teams.map(({ team }) => team.name).sort() },
    }));
    if (format === 'json') return void response.json({ rows });
    response.type('text/csv').set('content-disposition', 'attachment').send(writeCsv(rows));
  };
}
