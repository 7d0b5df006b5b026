import type { SsoProvider } from '@aggregator/contracts';
import { readLastChanges } from '../audit/last-changes.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { SsoProvider as Row } from '../generated/prisma/client.ts';
import { toSsoProvider } from './stored-provider.ts';

/** Returns identity providers as the API shows them, with who changed them last. */
export async function showProviders(
  database: Database | Transaction,
  publicUrl: string,
  rows: readonly Row[],
): Promise<SsoProvider[]> {
  const ids = rows.map(({ id }) => id);
  const changeOf = await readLastChanges(database, null, 'sso_provider', ids);
  return rows.map((row) => {
    const { changedBy, changedByName } = changeOf(row.id);
    return { ...toSsoProvider(row, publicUrl), changedBy, changedByName };
  });
}
