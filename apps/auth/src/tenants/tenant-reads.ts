import { isTenantRoleReady, limitToTenant } from '@aggregator/database';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../auth-context.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import { standingOf } from '../permissions/allow-action.ts';

/** What a handler needs that only reads: its database can be a transaction that sees one organisation. */
export type ReadContext = Omit<AuthContext, 'database'> & { readonly database: Transaction };

/**
 * Runs handlers as the organisation of the caller: PostgreSQL shows them no row of another one, even if a query forgets its
 * filter. An operator reads as the service does. So does everyone on a server that lacks the role, which is logged.
 */
export function createTenantReads(
  context: AuthContext,
): (make: (context: ReadContext) => RequestHandler) => RequestHandler {
  const { database, logger } = context;
  let isReady: boolean | undefined;
  const readReady = async () => {
    isReady = await isTenantRoleReady((sql) => database.$queryRawUnsafe(sql));
    if (!isReady) logger.warn('row_level_security_inactive', { role: 'aggregator_tenant' });
    return isReady;
  };
  return (make) => {
    const asService = make(context);
    return async (request, response, next) => {
      const { organizationId, isOperator } = standingOf(request);
      if (isOperator || !(isReady ?? (await readReady()))) return await asService(request, response, next);
      await asTenant(database, organizationId, async (transaction) => {
        await make({ ...context, database: transaction })(request, response, next);
      });
    };
  };
}

/** Runs reads of one organisation in a transaction. */
export async function asTenant<T>(
  database: Database,
  organizationId: string,
  read: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return await database.$transaction(async (transaction) => {
    await limitToTenant((sql, ...values) => transaction.$queryRawUnsafe(sql, ...values), organizationId);
    return await read(transaction);
  });
}
