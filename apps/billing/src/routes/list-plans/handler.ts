import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listPlans } from '../../subscriptions/plans.ts';

/** GET /v1/billing/plans: oldest first, retired ones too. */
export function listPlansHandler({ database }: BillingContext): RequestHandler {
  return async (_request, response) => {
    response.json({ data: await listPlans(database) });
  };
}
