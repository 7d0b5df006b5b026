import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { listBudgets } from '../../budgets/list-budgets.ts';
import { showBudgets } from '../../budgets/show-budgets.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function listBudgetsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const page = await listBudgets(database, orgId, request.query);
    response.json({ ...page, data: await showBudgets(database, orgId, page.data) });
  };
}
