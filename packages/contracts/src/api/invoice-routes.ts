import {
  billingProfile,
  billingProfileAnswer,
  createCreditNoteRequest,
  invoice,
  invoicePage,
  legalEntity,
  legalEntityAnswer,
} from '../management/invoices.ts';
import { queryPage } from '../management/page.ts';
import { monthPeriod, monthStatement, readStatementQuery } from '../management/statements.ts';
import type { ApiRoute } from './route.ts';

const reads = { tag: 'Invoices', method: 'GET', needs: 'billing.read', status: 200 } as const;
const pays = { tag: 'Invoices', needs: 'billing.pay', status: 200 } as const;
const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const invoices = '/v1/billing/invoices';

/** Invoices, credit notes, and who pays and sells. */
export const invoiceRoutes: readonly ApiRoute[] = [
  { ...reads, path: invoices, summary: 'List invoices and credit notes', query: queryPage, answer: invoicePage },
  {
    ...{ ...reads, path: `${invoices}/{id}`, summary: 'Show an invoice as JSON, CSV or PDF' },
    ...{ answer: invoice, otherTypes: ['text/csv', 'application/pdf'] },
  },
  {
    ...{ ...manages, method: 'POST', path: `${invoices}/{id}/credit-notes`, summary: 'Lower an invoice', status: 201 },
    ...{ body: createCreditNoteRequest, answer: invoice, codes: ['invalid_amount', 'conflict', 'already_refunded'] },
  },
  {
    ...{ ...reads, path: '/v1/billing/statements/{period}', summary: 'Show what a month cost, as JSON or CSV' },
    ...{
      parameters: { period: monthPeriod },
      query: readStatementQuery,
      answer: monthStatement,
      otherTypes: ['text/csv'],
    },
  },
  { ...reads, path: '/v1/billing/profile', summary: 'Show who pays', answer: billingProfileAnswer },
  {
    ...{ ...pays, method: 'PUT', path: '/v1/billing/profile', summary: 'Say who pays' },
    ...{ body: billingProfile, answer: billingProfileAnswer, isConditional: true },
  },
  {
    ...{ ...manages, method: 'GET', path: '/v1/billing/legal-entity', summary: 'Show who sells', status: 200 },
    answer: legalEntityAnswer,
  },
  {
    ...{ ...manages, method: 'PUT', path: '/v1/billing/legal-entity', summary: 'Say who sells', status: 200 },
    ...{ body: legalEntity, answer: legalEntityAnswer, isConditional: true },
  },
];
