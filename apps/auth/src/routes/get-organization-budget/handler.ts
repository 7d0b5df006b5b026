import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { toBudget } from '../../budgets/to-budget.ts';
import { readPathId } from '../../database/read-path-id.ts';

/** GET /internal/organizations/{id}/budgets/{budgetId}: for billing. */
export function getOrganizationBudgetHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const where = { id: readPathId(request, 'budgetId'), organizationId: readPathId(request, 'id') };
    const row = await database.budget.findFirst({ where });
    if (row === null) throw new AppError('not_found');
    response.json(toBudget(row));
  };
}
