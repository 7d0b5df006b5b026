import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { toSubscription } from '../../subscriptions/subscription-rows.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/subscription: the newest one, also if it has ended; null if there was none. */
export function readSubscriptionHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const row = await database.subscription.findFirst({
      ...{ where: { orgId }, orderBy: { id: 'desc' }, include: { plan: true } },
    });
    response.json({ subscription: row === null ? null : toSubscription(row) });
  };
}
