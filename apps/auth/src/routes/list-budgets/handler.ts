import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { listBudgets } from '../../budgets/list-budgets.ts';
import { showBudgets } from '../../budgets/show-budgets.ts';

export function listBudgetsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const page = await listBudgets(database, orgId, request.query);
    response.json({ ...page, data: await showBudgets(database, orgId, page.data) });
  };
}
