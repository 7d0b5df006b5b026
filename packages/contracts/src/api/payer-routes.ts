import { queryPage } from '../management/page.ts';
import {
  askPayerRequest,
  creditLimitAnswer,
  paidOrganizationPage,
  payerAnswer,
  putCreditLimitRequest,
} from '../management/payers.ts';
import type { ApiRoute } from './route.ts';

const reads = { tag: 'Payers', method: 'GET', needs: 'billing.read', status: 200 } as const;
const pays = { tag: 'Payers', needs: 'billing.pay', status: 200, answer: payerAnswer } as const;
const manages = { tag: 'Operator', needs: 'billing.manage', status: 200, answer: payerAnswer } as const;
const own = '/v1/billing/payer';
const paid = '/v1/billing/paid-organizations';
const payers = '/v1/billing/payers';

/** One organisation pays for others. */
export const payerRoutes: readonly ApiRoute[] = [
  { ...reads, path: own, summary: 'Show who pays for the organization', answer: payerAnswer },
  {
    ...{ ...pays, method: 'PUT', path: own, summary: 'Ask another organization to pay' },
    ...{ body: askPayerRequest, codes: ['conflict'], isConditional: true },
  },
  { ...pays, method: 'DELETE', path: own, summary: 'Pay for the own requests again', isConditional: true },
  {
    ...reads,
    path: paid,
    summary: 'List organizations that are paid for',
    query: queryPage,
    answer: paidOrganizationPage,
  },
  {
    ...{ ...pays, method: 'POST', path: `${paid}/{id}/accept`, summary: 'Pay for an organization that has asked' },
    ...{ codes: ['conflict'] },
  },
  { ...pays, method: 'DELETE', path: `${paid}/{id}`, summary: 'Stop paying for an organization, or refuse to' },
  {
    ...{ ...manages, method: 'PUT', path: `${payers}/{id}/organizations/{organizationId}` },
    ...{ summary: 'Let an organization pay for another one', codes: ['conflict'] },
  },
  {
    ...{ ...manages, method: 'DELETE', path: `${payers}/{id}/organizations/{organizationId}` },
    summary: 'Let it pay no more',
  },
  {
    ...{ ...manages, method: 'GET', path: `${payers}/{id}/credit-limit`, summary: 'Show how much may be owed' },
    answer: creditLimitAnswer,
  },
  {
    ...{ ...manages, method: 'PUT', path: `${payers}/{id}/credit-limit`, summary: 'Set how much may be owed' },
    ...{ body: putCreditLimitRequest, answer: creditLimitAnswer, codes: ['invalid_amount', 'conflict'] },
    isConditional: true,
  },
];
