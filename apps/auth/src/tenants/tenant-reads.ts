import { createTenantReader } from '@aggregator/database';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { standingOf } from '../permissions/allow-action.ts';

/** What a handler needs that only reads: its database can be a transaction that sees one organisation. */
export type ReadContext = Omit<AuthContext, 'database'> & { readonly database: Transaction };

/** Runs handlers as the organisation of the caller; an operator reads as the service does. */
export function createTenantReads(
  context: AuthContext,
): (make: (context: ReadContext) => RequestHandler) => RequestHandler {
  const read = createTenantReader<Transaction>(context.database, context.logger);
  return (make) => async (request, response, next) => {
    const { organizationId, isOperator } = standingOf(request);
    await read(isOperator ? null : organizationId, async (database) => {
      await make({ ...context, database })(request, response, next);
    });
  };
}
