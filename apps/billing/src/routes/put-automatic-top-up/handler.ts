import { putAutomaticTopUpRequest } from '@aggregator/contracts';
import { checkBody, principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import { putAutomaticTopUp } from '../../automatic-top-ups/automatic-top-up-settings.ts';
import type { BillingContext } from '../../billing-context.ts';

/** PUT /v1/billing/automatic-top-up: saves the settings whole, and resumes it if it was suspended. */
export function putAutomaticTopUpHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const body = checkBody(putAutomaticTopUpRequest, request.body);
    const saved = await putAutomaticTopUp(context, orgId, body, actorOf(request), readIfMatch(request));
    response.json({ automaticTopUp: saved });
  };
}
