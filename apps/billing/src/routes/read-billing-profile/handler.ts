import { billingProfile } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';

/** GET /v1/billing/profile: who pays, or null. */
export function readBillingProfileHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const row = await database.billingProfile.findUnique({ where: { orgId: principalOf(request).orgId } });
    response.json({ profile: row === null ? null : billingProfile.parse(row.body) });
  };
}
