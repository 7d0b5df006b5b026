import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readBillingProfile } from '../../invoices/parties.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/profile: who pays, or null. */
export function readBillingProfileHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json((await readBillingProfile(database, principalOf(request).orgId)) ?? { profile: null });
  };
}
