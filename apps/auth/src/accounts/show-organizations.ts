import type { ShownOrganization, Tenant } from '@aggregator/contracts';
import { readLastChanges, withLastChanges } from '../audit/last-changes.ts';
import { showOne } from '../audit/show-one.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Organization as OrganizationRow } from '../generated/prisma/client.ts';
import { toTenant } from './to-tenant.ts';
import { toOrganization } from './to-user.ts';

const idOf = ({ id }: OrganizationRow) => id;
const readerOf = (database: Database | Transaction) => (ids: readonly string[]) =>
  readLastChanges(database, null, 'organization', ids);

/** Returns an organisation as its members see it. */
export function showOrganization(database: Database | Transaction, row: OrganizationRow): Promise<ShownOrganization> {
  return showOne(withLastChanges([row], idOf, toOrganization, readerOf(database)));
}

/** Returns organisations as the operator sees them. */
export function showTenants(
  database: Database | Transaction,
  limits: AuthContext['limits'],
  rows: readonly OrganizationRow[],
): Promise<Tenant[]> {
  return withLastChanges(rows, idOf, (row) => toTenant(row, limits), readerOf(database));
}
