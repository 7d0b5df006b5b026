import {
  budgetQuery,
  budgetStatus,
  budgetStatusList,
  budgetStatusQuery,
  createBudgetRequest,
  shownBudget,
  shownBudgetList,
  updateBudgetRequest,
} from '../management/budgets.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Budgets', needs: 'budgets.manage' } as const;
const reads = { tag: 'Budgets', method: 'GET', needs: 'billing.read' } as const;
const base = '/v1/auth/organization/budgets';

/** What may be spent, and what is. */
export const budgetRoutes: readonly ApiRoute[] = [
  {
    ...{ ...manages, method: 'POST', path: base, summary: 'Create a budget, which counts from now on' },
    ...{ body: createBudgetRequest, status: 201, answer: shownBudget, codes: ['not_found'] },
  },
  {
    ...{ ...manages, method: 'GET', path: base, summary: 'List budgets, oldest first' },
    ...{ query: budgetQuery, status: 200, answer: shownBudgetList },
  },
  {
    ...{ ...manages, method: 'GET', path: `${base}/{budgetId}`, summary: 'Show a budget' },
    ...{ status: 200, answer: shownBudget },
  },
  {
    ...{ ...manages, method: 'PATCH', path: `${base}/{budgetId}`, summary: 'Change a budget' },
    ...{ body: updateBudgetRequest, status: 200, answer: shownBudget, isConditional: true },
  },
  {
    ...{ ...manages, method: 'DELETE', path: `${base}/{budgetId}`, summary: 'Delete a budget' },
    ...{ status: 204, isConditional: true },
  },
  {
    ...{ ...reads, path: '/v1/billing/budgets', summary: 'List budgets with what is spent and held of them' },
    ...{ query: budgetQuery, status: 200, answer: budgetStatusList },
  },
  {
    ...{ ...reads, path: '/v1/billing/budgets/{budgetId}', summary: 'Show what is spent and held of a budget' },
    ...{ query: budgetStatusQuery, status: 200, answer: budgetStatus },
  },
];
