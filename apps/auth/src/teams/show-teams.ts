import type { LastChange, Team } from '@aggregator/contracts';
import { readLastChanges, withLastChanges } from '../audit/last-changes.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Team as TeamRow } from '../generated/prisma/client.ts';
import { readTeamModels } from '../keys/narrow-models.ts';

/** Returns teams of one organisation as the API shows them. */
export async function showTeams(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly TeamRow[],
): Promise<Team[]> {
  const read = (ids: readonly string[]) => readLastChanges(database, organizationId, 'team', ids);
  return await withLastChanges(rows, ({ id }) => id, toTeam, read);
}

/** Returns a team without its last change. */
export function toTeam(row: TeamRow): Omit<Team, keyof LastChange> {
  return {
    id: row.id,
    name: row.name,
    models: readTeamModels(row.models),
    createdAt: row.createdAt.toISOString(),
  };
}
