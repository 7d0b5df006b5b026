import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { listBudgets } from '../../budgets/list-budgets.ts';
import { toBudget } from '../../budgets/to-budget.ts';
import { readPathId } from '../../database/read-path-id.ts';

/** GET /internal/organizations/{id}/budgets: for billing, which knows what is spent of them. */
export function listOrganizationBudgetsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const page = await listBudgets(database, readPathId(request, 'id'), request.query);
    response.json({ ...page, data: page.data.map(toBudget) });
  };
}
