import { putSubscriptionRequest } from '@aggregator/contracts';
import { checkBody, principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { putSubscription } from '../../subscriptions/put-subscription.ts';

/** PUT /v1/billing/subscription: subscribes, changes the plan, or withdraws a cancellation. */
export function putSubscriptionHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { planId } = checkBody(putSubscriptionRequest, request.body);
    const { orgId } = principalOf(request);
    response.json({
      subscription: await putSubscription(context, orgId, planId, actorOf(request), readIfMatch(request)),
    });
  };
}
