import { updateBudgetRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { updateBudget } from '../../budgets/change-budget.ts';
import { showBudgets } from '../../budgets/show-budgets.ts';
import { readPathId } from '../../database/read-path-id.ts';

export function updateBudgetHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const budgetId = readPathId(request, 'budgetId');
    const row = await updateBudget(context, caller, budgetId, checkBody(updateBudgetRequest, request.body));
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, budgetId };
    await context.events.budgetChanged({ ...fact, change: 'budget_updated' });
    response.json(await showOne(showBudgets(context.database, principal.orgId, [row])));
  };
}
