import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { retirePlan } from '../../subscriptions/plans.ts';
import { idOf } from '../id-of.ts';

/** DELETE /v1/billing/plans/{id}: 204; no new subscriptions of it. */
export function retirePlanHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    await retirePlan(context, idOf(request.params.id), actorOf(request));
    response.status(204).end();
  };
}
