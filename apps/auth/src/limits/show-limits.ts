import type { ShownLimit } from '@aggregator/contracts';
import { readSubjectNames } from '../budgets/subject-names.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { UsageLimit as LimitRow } from '../generated/prisma/client.ts';
import { toLimit } from './to-limit.ts';

/** Returns limits of one organisation as the API shows them, with the names of their subjects and of who changed them. */
export async function showLimits(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly LimitRow[],
): Promise<ShownLimit[]> {
  const namesOf = await readSubjectNames(database, organizationId, rows);
  return rows.map((row) => ({ ...toLimit(row), ...namesOf(row) }));
}
