import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import { showBudgets } from '../../budgets/show-budgets.ts';
import { readPathId } from '../../database/read-path-id.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function getBudgetHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const row = await database.budget.findFirst({ where: { id: readPathId(request, 'budgetId'), organizationId } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showBudgets(database, organizationId, [row])));
  };
}
