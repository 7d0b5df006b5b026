import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { readOrganizationId } from '../../accounts/read-organization-id.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readBudgetId } from '../../budgets/read-budget-id.ts';
import { toBudget } from '../../budgets/to-budget.ts';

/** GET /internal/organizations/{id}/budgets/{budgetId}: for billing. */
export function getOrganizationBudgetHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const where = { id: readBudgetId(request), organizationId: readOrganizationId(request) };
    const row = await database.budget.findFirst({ where });
    if (row === null) throw new AppError('not_found');
    response.json(toBudget(row));
  };
}
