import { createPlanRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createPlan } from '../../subscriptions/plans.ts';

/** POST /v1/billing/plans: 201. */
export function createPlanHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    response.status(201).json(await createPlan(context, checkBody(createPlanRequest, request.body), actorOf(request)));
  };
}
