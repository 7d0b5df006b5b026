import { type Budget, budget, budgetList } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import type { z } from 'zod';

/** Knows the budgets of organisations; auth alone makes them. */
export interface BudgetDirectory {
  /** @param query of the route. @throws {AppError} `service_unavailable` if auth does not answer; `invalid_value` */
  list(orgId: string, query: URLSearchParams): Promise<z.infer<typeof budgetList>>;
  /** @throws {AppError} `not_found`; `service_unavailable` if auth does not answer. */
  get(orgId: string, budgetId: string): Promise<Budget>;
}

export function createBudgetDirectory(auth: Pick<InternalClient, 'call'>): BudgetDirectory {
  const pathOf = (orgId: string) => `/internal/organizations/${encodeURIComponent(orgId)}/budgets`;
  return {
    list: (orgId, query) => auth.call({ method: 'GET', path: `${pathOf(orgId)}?${query}`, answer: budgetList }),
    get: (orgId, budgetId) =>
      auth.call({ method: 'GET', path: `${pathOf(orgId)}/${encodeURIComponent(budgetId)}`, answer: budget }),
  };
}
