import { type Budget, type BudgetSpending, budget, budgetList } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';

/** Knows the budgets of organisations; auth alone makes them. */
export interface BudgetDirectory {
  /** @param query of the route. @throws {AppError} `service_unavailable` if auth does not answer; `invalid_value` */
  list(orgId: string, query: URLSearchParams): Promise<z.infer<typeof budgetList>>;
  /** @throws {AppError} `not_found`; `service_unavailable` if auth does not answer. */
  get(orgId: string, budgetId: string): Promise<Budget>;
  /** Reports what is spent to auth, which sends alerts. @throws {AppError} if auth does not take it */
  report(spending: BudgetSpending): Promise<void>;
}

export function createBudgetDirectory(auth: Pick<InternalClient, 'call'>): BudgetDirectory {
  const pathOf = (orgId: string) => `/internal/organizations/${encodeURIComponent(orgId)}/budgets`;
  return {
    list: (orgId, query) => auth.call({ method: 'GET', path: `${pathOf(orgId)}?${query}`, answer: budgetList }),
    get: (orgId, budgetId) =>
      auth.call({ method: 'GET', path: `${pathOf(orgId)}/${encodeURIComponent(budgetId)}`, answer: budget }),
    async report(body) {
      await auth.call({ method: 'POST', path: '/internal/budgets/spending', body, answer: z.unknown() });
    },
  };
}
