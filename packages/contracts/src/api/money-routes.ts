import { adviceAnswer, adviceQuery } from '../management/advice.ts';
import {
  balanceAnswer,
  chargeExplanation,
  createTransactionRequest,
  transaction,
  transactionPage,
} from '../management/money.ts';
import { queryPage } from '../management/page.ts';
import { qualityAnswer, qualityQuery } from '../management/quality.ts';
import { requestPage, requestQuery } from '../management/requests.ts';
import { reviewPage } from '../management/reviews.ts';
import { spoolPage } from '../management/spools.ts';
import { dashboardAnswer, dashboardQuery, usageTotals } from '../management/usage.ts';
import type { ApiRoute } from './route.ts';

const reads = { tag: 'Billing', method: 'GET', needs: 'billing.read' } as const;
const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const usage = { tag: 'Usage', method: 'GET', needs: 'usage.read' } as const;

/** Balances, statements, charges and usage. */
export const moneyRoutes: readonly ApiRoute[] = [
  { ...reads, path: '/v1/billing/balance', summary: 'Show the balance', status: 200, answer: balanceAnswer },
  {
    ...{ ...reads, path: '/v1/billing/balance/{id}', summary: 'Show the balance of an organisation' },
    ...{ status: 200, answer: balanceAnswer },
  },
  {
    ...{ ...reads, path: '/v1/billing/transactions', summary: 'List transactions, newest first' },
    ...{ query: queryPage, status: 200, answer: transactionPage },
  },
  {
    ...{ ...reads, path: '/v1/billing/requests', summary: 'List requests, newest first' },
    ...{ query: requestQuery, status: 200, answer: requestPage },
  },
  {
    ...{ ...reads, path: '/v1/billing/explain/{requestId}', summary: 'Explain the charge of a request' },
    ...{ status: 200, answer: chargeExplanation },
  },
  {
    ...{ ...reads, path: '/v1/billing/advice', summary: 'Show how a month could have cost less' },
    ...{ query: adviceQuery, status: 200, answer: adviceAnswer },
  },
  {
    ...{ ...manages, method: 'POST', path: '/v1/billing/transaction', summary: 'Post a top-up or an adjustment' },
    ...{ body: createTransactionRequest, status: 201, answer: transaction, codes: ['not_found'] },
  },
  {
    ...{ ...manages, method: 'GET', path: '/v1/billing/reviews', summary: 'List cases that a person must judge' },
    ...{ query: queryPage, status: 200, answer: reviewPage },
  },
  {
    ...{ ...manages, method: 'POST', path: '/v1/billing/reviews/{id}/close', summary: 'Close a case' },
    ...{ status: 204 },
  },
  {
    ...{ ...manages, method: 'GET', path: '/v1/billing/spools', summary: 'List the spools of proxies' },
    ...{ status: 200, answer: spoolPage },
  },
  {
    ...{ ...manages, method: 'POST', path: '/v1/billing/spools/{id}/lost', summary: 'Declare a spool lost' },
    ...{ status: 204 },
  },
  {
    ...{ ...usage, path: '/v1/analytics/dashboard', summary: 'Show usage by time, model, provider or key' },
    ...{ query: dashboardQuery, status: 200, answer: dashboardAnswer, otherTypes: ['text/csv'] },
  },
  {
    ...{ ...usage, path: '/v1/analytics/metrics', summary: 'Show the totals of the last 24 hours' },
    ...{ status: 200, answer: usageTotals },
  },
  {
    ...{ ...usage, path: '/v1/analytics/quality', summary: 'Show delays, errors, availability and cache savings' },
    ...{ query: qualityQuery, status: 200, answer: qualityAnswer },
  },
  {
    ...{ ...usage, path: '/v1/users/usage', summary: 'Show the own usage' },
    ...{ query: dashboardQuery, status: 200, answer: dashboardAnswer, otherTypes: ['text/csv'] },
  },
];
