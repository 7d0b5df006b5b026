import type { ShownBudget } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Budget as BudgetRow } from '../generated/prisma/client.ts';
import { toBudget } from './to-budget.ts';

/** Returns budgets of one organisation as the API shows them, with the names of their subjects and of who changed them. */
export async function showBudgets(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly BudgetRow[],
): Promise<ShownBudget[]> {
  const subjects = { in: rows.map(({ subjectId }) => subjectId) };
  const people = { in: rows.flatMap(({ subjectId, changedById }) => [subjectId, changedById ?? []].flat()) };
  const select = { id: true, name: true } as const;
  const [organizations, teams, keys, members] = [
    await database.organization.findMany({ where: { id: organizationId }, select }),
    await database.team.findMany({ where: { organizationId, id: subjects }, select }),
    await database.apiKey.findMany({ where: { organizationId, id: subjects }, select }),
    await database.user.findMany({ where: { id: people, memberships: { some: { organizationId } } }, select }),
  ];
  const names = new Map([...organizations, ...teams, ...keys, ...members].map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    ...toBudget(row),
    subjectName: names.get(row.subjectId) ?? null,
    changedByName: row.changedById === null ? null : (names.get(row.changedById) ?? null),
  }));
}
