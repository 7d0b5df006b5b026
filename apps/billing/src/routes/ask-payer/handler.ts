import { askPayerRequest } from '@aggregator/contracts';
import { checkBody, principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { askPayer, readPayer } from '../../payers/ask-payer.ts';

/** PUT /v1/billing/payer: asks another organisation to pay. */
export function askPayerHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { organizationId } = checkBody(askPayerRequest, request.body);
    await askPayer(context, orgId, organizationId, actorOf(request), readIfMatch(request));
    response.json(await readPayer(context.database, orgId));
  };
}
