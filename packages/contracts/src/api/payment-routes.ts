import { z } from 'zod';
import {
  automaticTopUpAnswer,
  bankTransfer,
  bankTransferPage,
  createPromotionalCreditRequest,
  promotionalCredit,
  promotionalCreditList,
  proposeBankTransferRequest,
  putAutomaticTopUpRequest,
} from '../management/credits.ts';
import { createExchangeRateRequest, exchangeRate, exchangeRatePage } from '../management/exchange-rates.ts';
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
const rates = '/v1/billing/exchange-rates';
const reviews = '/v1/billing/payment-reviews';
const transfers = '/v1/billing/bank-transfers';
const credits = '/v1/billing/promotional-credits';
const automatic = '/v1/billing/automatic-top-up';

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
  {
    ...{
      ...pays,
      method: 'DELETE',
      path: '/v1/billing/payment-method',
      summary: 'Forget the saved method',
      status: 204,
    },
    isConditional: true,
  },
  {
    ...{ ...manages, method: 'GET', path: reviews, summary: 'List facts about payments that a person must judge' },
    ...{ query: queryPage, status: 200, answer: paymentReviewPage },
  },
  {
    ...{ ...manages, method: 'POST', path: rates, summary: 'Set an exchange rate for new payments', status: 201 },
    ...{ body: createExchangeRateRequest, answer: exchangeRate },
  },
  {
    ...{ ...manages, method: 'GET', path: rates, summary: 'List exchange rates, newest first', status: 200 },
    ...{ query: queryPage, answer: exchangeRatePage },
  },
  { ...manages, method: 'POST', path: `${reviews}/{id}/close`, summary: 'Close a review of a payment', status: 204 },
  {
    ...{ tag: 'Payments', needs: 'nothing', method: 'POST', path: '/v1/billing/webhooks/{provider}' },
    ...{ summary: 'Take a signed event of a payment provider', body: z.looseObject({}), status: 200 },
    ...{ answer: z.strictObject({ result: z.string() }), codes: ['invalid_signature'] },
  },
  {
    ...{ ...manages, method: 'POST', path: transfers, summary: 'Propose a bank transfer', status: 201 },
    ...{ body: proposeBankTransferRequest, answer: bankTransfer, codes: ['invalid_amount', 'conflict', 'not_found'] },
  },
  {
    ...{ ...manages, method: 'GET', path: transfers, summary: 'List bank transfers, newest first' },
    ...{ query: queryPage, status: 200, answer: bankTransferPage },
  },
  {
    ...{
      ...manages,
      method: 'POST',
      path: `${transfers}/{id}/approve`,
      summary: 'Credit the transfer of another operator',
    },
    ...{ status: 200, answer: bankTransfer, codes: ['conflict', 'insufficient_permissions'] },
  },
  {
    ...{ ...manages, method: 'POST', path: `${transfers}/{id}/reject`, summary: 'Reject a bank transfer' },
    ...{ status: 200, answer: bankTransfer, codes: ['conflict'] },
  },
  {
    ...{ ...manages, method: 'POST', path: credits, summary: 'Give promotional credit', status: 201 },
    ...{
      body: createPromotionalCreditRequest,
      answer: promotionalCredit,
      codes: ['invalid_amount', 'conflict', 'not_found'],
    },
  },
  { ...reads, path: credits, summary: 'List promotional credit that is left', answer: promotionalCreditList },
  { ...reads, path: automatic, summary: 'Show the automatic top-up', answer: automaticTopUpAnswer },
  {
    ...{ ...pays, method: 'PUT', path: automatic, summary: 'Top up by the saved method when the balance is low' },
    ...{
      body: putAutomaticTopUpRequest,
      status: 200,
      answer: automaticTopUpAnswer,
      codes: ['invalid_amount', 'conflict'],
      isConditional: true,
    },
  },
  {
    ...{ ...pays, method: 'DELETE', path: automatic, summary: 'End the automatic top-up', status: 204 },
    isConditional: true,
  },
];
