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

/** The time for which reads use the role of the service until the tenant role is looked for again. */
const askAgainMs = 60_000;

/**
 * If this server lacks the role, reads are those of the service, `row_level_security_inactive` is logged once, and the
 * role is looked for again after a minute: an administrator can create it while services run.
 * @param now milliseconds of a monotonic clock.
 */
export function createTenantReader<Transaction extends Queries>(
  database: Transaction & TenantDatabase<Transaction>,
  logger: { warn(event: string, fields: { role: string }): void },
  now: () => number = () => performance.now(),
): ReadAsTenant<Transaction> {
  let isReady = false;
  let isLogged = false;
  let askAtMs = Number.NEGATIVE_INFINITY;
  const findReady = async () => {
    if (isReady || now() < askAtMs) return isReady;
    isReady = await isTenantRoleReady((sql) => database.$queryRawUnsafe(sql));
    if (isReady) return true;
    askAtMs = now() + askAgainMs;
    if (!isLogged) logger.warn('row_level_security_inactive', { role: tenantRole });
    isLogged = true;
    return false;
  };
  return async (organizationId, read) => {
    if (organizationId === null || !(await findReady())) return await read(database);
    return await database.$transaction(async (transaction) => {
      await limitToTenant((sql, ...values) => transaction.$queryRawUnsafe(sql, ...values), organizationId);
      return await read(transaction);
    });
  };
}
