import { AppError, budgetStatusQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { readStatus } from '../../budgets/read-status.ts';

/** GET /v1/billing/budgets/{budgetId}?endUser= */
export function readBudgetHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const id = z.uuid().safeParse(request.params.budgetId);
    if (!id.success) throw new AppError('not_found');
    const { endUser } = checkBody(budgetStatusQuery, { ...request.query });
    const orgId = principalOf(request).orgId.toLowerCase();
    const budget = await context.budgetDirectory.get(orgId, id.data.toLowerCase());
    const [status] = await readStatus(context, orgId, [budget], Date.now(), endUser);
    response.json(status);
  };
}
