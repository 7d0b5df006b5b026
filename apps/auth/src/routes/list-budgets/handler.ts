import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { listBudgets } from '../../budgets/list-budgets.ts';

export function listBudgetsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    response.json(await listBudgets(database, principalOf(request).orgId, request.query));
  };
}
