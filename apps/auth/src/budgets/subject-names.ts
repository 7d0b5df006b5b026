import type { Database, Transaction } from '../database/create-database.ts';

interface Named {
  readonly subjectId: string;
  readonly changedById: string | null;
}

interface Names {
  /** Of the organisation, team, user or key; null if it is gone. */
  readonly subjectName: string | null;
  /** Null if that user is no member of the organisation. */
  readonly changedByName: string | null;
}

/** Returns the names of the subjects of budgets or limits of one organisation, and of who changed them. */
export async function readSubjectNames(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly Named[],
): Promise<(row: Named) => Names> {
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
  return ({ subjectId, changedById }) => ({
    subjectName: names.get(subjectId) ?? null,
    changedByName: changedById === null ? null : (names.get(changedById) ?? null),
  });
}
