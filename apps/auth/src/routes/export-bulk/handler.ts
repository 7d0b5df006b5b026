import { budgetPeriod, bulkExportQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { writeCsv } from '../../bulk/csv.ts';
import { bulkBudgetName } from '../../bulk/row-grants.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** At most as many people and teams as an organisation can have: 10,000 and 1,000. A key is its name, never its text. */
export function exportBulkHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { format = 'json' } = checkBody(bulkExportQuery, { ...request.query });
    const { orgId: organizationId } = principalOf(request);
    const members = await database.membership.findMany({
      where: { organizationId, user: { isServiceAccount: false } },
      include: {
        user: { select: { email: true, name: true } },
        teams: { select: { team: { select: { name: true } } } },
      },
      orderBy: { userId: 'asc' },
    });
    const budgets = await database.budget.findMany({
      where: { organizationId, name: bulkBudgetName, level: { in: ['team', 'user'] } },
      select: { subjectId: true, amount: true, period: true },
    });
    const budgetOf = new Map(
      budgets.map(({ subjectId, amount, period }) => [
        subjectId,
        { budgetNanoUsd: String(amount), budgetPeriod: budgetPeriod.parse(period) },
      ]),
    );
    const keys = await database.apiKey.findMany({
      where: { organizationId, revokedAt: null, createdByKeyId: null },
      distinct: ['userId'],
      select: { userId: true, name: true },
      orderBy: { id: 'asc' },
    });
    const keyOf = new Map(keys.map(({ userId, name }) => [userId, { key: name }]));
    const teams = await database.team.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
    const rows = [
      ...teams.map(({ id, name }) => ({ kind: 'team' as const, name, ...budgetOf.get(id) })),
      ...members.map(({ userId, user: { email, name }, role, teams: places }) => ({
        ...{ email: email ?? '', name, role, teams: places.map(({ team }) => team.name).sort() },
        ...budgetOf.get(userId),
        ...keyOf.get(userId),
      })),
    ];
    if (format === 'json') return void response.json({ rows });
    response.type('text/csv').set('content-disposition', 'attachment').send(writeCsv(rows));
  };
}
