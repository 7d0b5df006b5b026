import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { retirePlan } from '../../subscriptions/plans.ts';

const parameters = z.object({ id: z.uuid() });

/** DELETE /v1/billing/plans/{id}: 204; no new subscriptions of it. */
export function retirePlanHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    await retirePlan(context, parsed.data.id, actorOf(request));
    response.status(204).end();
  };
}
