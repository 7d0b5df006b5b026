import { cancelSubscriptionQuery } from '@aggregator/contracts';
import { checkBody, principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { cancelSubscription } from '../../subscriptions/cancel-subscription.ts';

/** DELETE /v1/billing/subscription: at the end of the period, or with `?when=now` at once. */
export function cancelSubscriptionHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { when } = checkBody(cancelSubscriptionQuery, request.query);
    const { orgId } = principalOf(request);
    response.json({
      subscription: await cancelSubscription(context, orgId, when, actorOf(request), readIfMatch(request)),
    });
  };
}
