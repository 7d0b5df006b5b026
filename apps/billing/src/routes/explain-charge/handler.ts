import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { explainRequest } from '../../charges/explain-charge.ts';
import { nameExplanation } from '../../charges/name-explanation.ts';
import { tenantOf } from '../../tenants/tenant-reads.ts';

const parameters = z.object({ requestId: z.uuid() });

/** GET /v1/billing/explain/{requestId}: 404 also for the requests of others, which only `billing:manage` may see. */
export function explainChargeHandler({ database, names, readAsTenant }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    const { orgId } = principalOf(request);
    const tenant = tenantOf(request);
    const question = { orgId: tenant, requestId: parsed.data.requestId };
    const explanation = await explainRequest(
      { readOwn: (read) => readAsTenant(tenant, read), all: database },
      question,
    );
    if (explanation === null) throw new AppError('not_found');
    // An operator sees ids of another organisation without names: those are its people's.
    response.json(await nameExplanation(names, orgId, explanation));
  };
}
