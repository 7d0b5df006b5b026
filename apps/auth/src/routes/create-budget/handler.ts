import { createBudgetRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createBudget } from '../../budgets/create-budget.ts';
import { showBudgets } from '../../budgets/show-budgets.ts';

export function createBudgetHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const row = await createBudget(context, caller, checkBody(createBudgetRequest, request.body));
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, budgetId: row.id };
    await context.events.budgetChanged({ ...fact, change: 'budget_created' });
    response.status(201).json(await showOne(showBudgets(context.database, principal.orgId, [row])));
  };
}
