import { createTopUpRequest } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createTopUp } from '../../payments/create-top-up.ts';

/** POST /v1/billing/top-ups: 201 with the page to pay on, 200 where the key had made it before. */
export function createTopUpHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const body = checkBody(createTopUpRequest, request.body);
    const { topUp, isNew } = await createTopUp(context, orgId, body, actorOf(request));
    response.status(isNew ? 201 : 200).json(topUp);
  };
}
