import { queryPage } from '../management/page.ts';
import {
  judgeDifferenceRequest,
  reconciliationDifferencePage,
  reconciliationReportPage,
} from '../management/reconciliation.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const differences = '/v1/billing/differences';

/** Reports of checks, and the differences that they found. */
export const reconciliationRoutes: readonly ApiRoute[] = [
  {
    ...{ ...manages, method: 'GET', path: '/v1/billing/reconciliations', summary: 'List reports of checks' },
    ...{ query: queryPage, status: 200, answer: reconciliationReportPage },
  },
  {
    ...{ ...manages, method: 'GET', path: differences, summary: 'List differences that checks found' },
    ...{ query: queryPage, status: 200, answer: reconciliationDifferencePage },
  },
  {
    ...{ ...manages, method: 'POST', path: `${differences}/{id}/judge`, summary: 'Judge a difference' },
    ...{ body: judgeDifferenceRequest, status: 204, codes: ['conflict'] },
  },
];
