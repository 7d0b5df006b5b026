import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readSubscription } from '../../subscriptions/subscription-rows.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/subscription: the newest one, also if it has ended; null if there was none. */
export function readSubscriptionHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json((await readSubscription(database, principalOf(request).orgId)) ?? { subscription: null });
  };
}
