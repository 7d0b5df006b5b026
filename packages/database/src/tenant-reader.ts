import { isTenantRoleReady, limitToTenant, tenantRole } from './tenant-role.ts';

interface Queries {
  $queryRawUnsafe(sql: string, ...values: readonly string[]): Promise<unknown>;
}

/** Prisma's client as far as reads of one organisation need it. */
type TenantDatabase<Transaction> = Queries & {
  $transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
};

/**
 * Runs reads as one organisation: PostgreSQL shows them no row of another one, even if a query forgets its filter.
 * Without an organisation they are those of the service. Call no other service in them: they hold a connection.
 */
export type ReadAsTenant<Transaction> = <T>(
  organizationId: string | null,
  read: (database: Transaction) => Promise<T>,
) => Promise<T>;

/** If this server lacks the role, reads are those of the service, and `row_level_security_inactive` is logged once. */
export function createTenantReader<Transaction extends Queries>(
  database: Transaction & TenantDatabase<Transaction>,
  logger: { warn(event: string, fields: { role: string }): void },
): ReadAsTenant<Transaction> {
  let isReady: boolean | undefined;
  const findReady = async () => {
    isReady = await isTenantRoleReady((sql) => database.$queryRawUnsafe(sql));
    if (!isReady) logger.warn('row_level_security_inactive', { role: tenantRole });
    return isReady;
  };
  return async (organizationId, read) => {
    if (organizationId === null || !(isReady ?? (await findReady()))) return await read(database);
    return await database.$transaction(async (transaction) => {
      await limitToTenant((sql, ...values) => transaction.$queryRawUnsafe(sql, ...values), organizationId);
      return await read(transaction);
    });
  };
}
