import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { explainCharge } from '../../charges/explain-charge.ts';

const parameters = z.object({ requestId: z.uuid() });

/** GET /v1/billing/explain/{requestId}: 404 also for the requests of others. */
export function explainChargeHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    const { orgId } = principalOf(request);
    const explanation = await explainCharge(database, { orgId, requestId: parsed.data.requestId });
    if (explanation === null) throw new AppError('not_found');
    response.json(explanation);
  };
}
