import { billingProfile } from '@aggregator/contracts';
import { checkBody, principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { putBillingProfile } from '../../invoices/parties.ts';

/** PUT /v1/billing/profile: who pays, as invoices print it from now on. */
export function putBillingProfileHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const profile = checkBody(billingProfile, request.body);
    await putBillingProfile(context, principalOf(request).orgId, profile, actorOf(request), readIfMatch(request));
    response.json({ profile });
  };
}
