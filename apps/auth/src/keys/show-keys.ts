import type { ApiKey } from '@aggregator/contracts';
import { readLastChanges, withLastChanges } from '../audit/last-changes.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import { readCeilings } from '../limits/read-ceilings.ts';
import { toApiKey } from './stored-key.ts';

/** Returns keys of one organisation as the API shows them, with the names of their users and teams. */
export async function showKeys(
  database: Database | Transaction,
  limits: AuthContext['limits'],
  organizationId: string,
  rows: readonly ApiKeyRow[],
): Promise<ApiKey[]> {
  const ceilings = await readCeilings(database, organizationId, limits);
  const select = { id: true, name: true } as const;
  const users = await database.user.findMany({ where: { id: { in: rows.map(({ userId }) => userId) } }, select });
  const teams = await database.team.findMany({
    where: { organizationId, id: { in: rows.flatMap(({ teamId }) => teamId ?? []) } },
    select,
  });
  const names = new Map([...users, ...teams].map(({ id, name }) => [id, name]));
  const show = (row: ApiKeyRow) => ({
    ...toApiKey(row, limits, ceilings),
    userName: names.get(row.userId) ?? '',
    teamName: row.teamId === null ? null : (names.get(row.teamId) ?? null),
  });
  const read = (ids: readonly string[]) => readLastChanges(database, organizationId, 'api_key', ids);
  return await withLastChanges(rows, ({ id }) => id, show, read);
}
