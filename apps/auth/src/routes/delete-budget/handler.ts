import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { deleteBudget } from '../../budgets/change-budget.ts';
import { readPathId } from '../../database/read-path-id.ts';

export function deleteBudgetHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const budgetId = readPathId(request, 'budgetId');
    await deleteBudget(context, caller, budgetId);
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, budgetId };
    await context.events.budgetChanged({ ...fact, change: 'budget_deleted' });
    response.status(204).end();
  };
}
