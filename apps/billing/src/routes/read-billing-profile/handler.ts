import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readBillingProfile } from '../../invoices/parties.ts';

/** GET /v1/billing/profile: who pays, or null. */
export function readBillingProfileHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json((await readBillingProfile(database, principalOf(request).orgId)) ?? { profile: null });
  };
}
