import type { budgetStatusList } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { readStatus } from '../../budgets/read-status.ts';

/** GET /v1/billing/budgets: the list of auth, with what is spent. */
export function listBudgetsHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const orgId = principalOf(request).orgId.toLowerCase();
    const query = new URL(request.url, 'http://billing').searchParams;
    const { data, nextCursor } = await context.budgetDirectory.list(orgId, query);
    const answer: z.infer<typeof budgetStatusList> = {
      data: await readStatus(context, orgId, data, Date.now()),
      nextCursor,
    };
    response.json(answer);
  };
}
