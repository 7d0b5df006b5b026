import { principalOf } from '@aggregator/service-kit';
import type { Request, RequestHandler } from 'express';
import type { BillingContext } from '../billing-context.ts';
import type { Transaction } from '../database/open-database.ts';

/** What a handler needs that only reads rows of the caller's organisation. */
export type ReadContext = Omit<BillingContext, 'database'> & { readonly database: Transaction };

/** Returns the organisation as which a request reads; null for a holder of `billing:manage`, who reads as the service does. */
export function tenantOf(request: Request): string | null {
  const { orgId, scopes } = principalOf(request);
  return scopes.includes('billing:manage') ? null : orgId;
}

/** Runs a handler as the organisation of the caller. Its database is a transaction: it must call no other service. */
export function readsAsTenant(context: BillingContext, make: (context: ReadContext) => RequestHandler): RequestHandler {
  return async (request, response, next) => {
    await context.readAsTenant(tenantOf(request), async (database) => {
      await make({ ...context, database })(request, response, next);
    });
  };
}
