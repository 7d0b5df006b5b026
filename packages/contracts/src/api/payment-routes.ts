import { z } from 'zod';
import { queryPage } from '../management/page.ts';
import {
  createRefundRequest,
  createTopUpRequest,
  paymentMethodAnswer,
  paymentReviewPage,
  topUp,
  topUpPage,
  topUpRefund,
} from '../management/payments.ts';
import type { ApiRoute } from './route.ts';

const reads = { tag: 'Payments', method: 'GET', needs: 'billing.read', status: 200 } as const;
const pays = { tag: 'Payments', needs: 'billing.pay' } as const;
const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const topUps = '/v1/billing/top-ups';
const reviews = '/v1/billing/payment-reviews';

/** Top-ups, saved methods and refunds. */
export const paymentRoutes: readonly ApiRoute[] = [
  {
    ...{ ...pays, method: 'POST', path: topUps, summary: 'Open a page to pay on' },
    ...{ body: createTopUpRequest, status: 201, answer: topUp, codes: ['invalid_amount', 'conflict'] },
  },
  { ...reads, path: topUps, summary: 'List top-ups, newest first', query: queryPage, answer: topUpPage },
  { ...reads, path: `${topUps}/{id}`, summary: 'Show a top-up', answer: topUp },
  {
    ...{ ...manages, method: 'POST', path: `${topUps}/{id}/refunds`, summary: 'Return money to the method that paid' },
    ...{ body: createRefundRequest, status: 201, answer: topUpRefund },
    codes: ['invalid_amount', 'conflict', 'already_refunded'],
  },
  { ...reads, path: '/v1/billing/payment-method', summary: 'Show the saved method', answer: paymentMethodAnswer },
  { ...pays, method: 'DELETE', path: '/v1/billing/payment-method', summary: 'Forget the saved method', status: 204 },
  {
    ...{ ...manages, method: 'GET', path: reviews, summary: 'List facts about payments that a person must judge' },
    ...{ query: queryPage, status: 200, answer: paymentReviewPage },
  },
  { ...manages, method: 'POST', path: `${reviews}/{id}/close`, summary: 'Close a review of a payment', status: 204 },
  {
    ...{ tag: 'Payments', needs: 'nothing', method: 'POST', path: '/v1/billing/webhooks/{provider}' },
    ...{ summary: 'Take a signed event of a payment provider', body: z.looseObject({}), status: 200 },
    ...{ answer: z.strictObject({ result: z.string() }), codes: ['invalid_signature'] },
  },
];
