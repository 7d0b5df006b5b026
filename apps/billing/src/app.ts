import type { RequestListener } from 'node:http';
import { AppError } from '@aggregator/contracts';
import { createExpressApp, jsonBody, requirePeer, requirePrincipal } from '@aggregator/service-kit';
import type { ErrorRequestHandler, Express } from 'express';
import type { BillingContext } from './billing-context.ts';
import { isDatabaseFailure } from './database/classify-error.ts';
import { acceptOrganizationHandler } from './routes/accept-organization/handler.ts';
import { approveBankTransferHandler } from './routes/approve-bank-transfer/handler.ts';
import { askPayerHandler } from './routes/ask-payer/handler.ts';
import { attachOrganizationHandler } from './routes/attach-organization/handler.ts';
import { cancelSubscriptionHandler } from './routes/cancel-subscription/handler.ts';
import { checkLedgerHandler } from './routes/check-ledger/handler.ts';
import { closePaymentReviewHandler } from './routes/close-payment-review/handler.ts';
import { closeReviewHandler } from './routes/close-review/handler.ts';
import { createCreditNoteHandler } from './routes/create-credit-note/handler.ts';
import { createExchangeRateHandler } from './routes/create-exchange-rate/handler.ts';
import { createHoldHandler } from './routes/create-hold/handler.ts';
import { createLeaseHandler } from './routes/create-lease/handler.ts';
import { createPlanHandler } from './routes/create-plan/handler.ts';
import { createPromotionalCreditHandler } from './routes/create-promotional-credit/handler.ts';
import { createRefundHandler } from './routes/create-refund/handler.ts';
import { createTopUpHandler } from './routes/create-top-up/handler.ts';
import { createTransactionHandler } from './routes/create-transaction/handler.ts';
import { declareSpoolLostHandler } from './routes/declare-spool-lost/handler.ts';
import { deleteAutomaticTopUpHandler } from './routes/delete-automatic-top-up/handler.ts';
import { deletePaymentMethodHandler } from './routes/delete-payment-method/handler.ts';
import { detachOrganizationHandler } from './routes/detach-organization/handler.ts';
import { dropDeadLetterHandler } from './routes/drop-dead-letter/handler.ts';
import { explainChargeHandler } from './routes/explain-charge/handler.ts';
import { grantBudgetsHandler } from './routes/grant-budgets/handler.ts';
import { judgeDifferenceHandler } from './routes/judge-difference/handler.ts';
import { leavePayerHandler } from './routes/leave-payer/handler.ts';
import { listBankTransfersHandler } from './routes/list-bank-transfers/handler.ts';
import { listBudgetsHandler } from './routes/list-budgets/handler.ts';
import { listDeadLettersHandler } from './routes/list-dead-letters/handler.ts';
import { listDifferencesHandler } from './routes/list-differences/handler.ts';
import { listExchangeRatesHandler } from './routes/list-exchange-rates/handler.ts';
import { listInvoicesHandler } from './routes/list-invoices/handler.ts';
import { listLimitsHandler } from './routes/list-limits/handler.ts';
import { listPaidOrganizationsHandler } from './routes/list-paid-organizations/handler.ts';
import { listPaymentReviewsHandler } from './routes/list-payment-reviews/handler.ts';
import { listPlansHandler } from './routes/list-plans/handler.ts';
import { listPromotionalCreditsHandler } from './routes/list-promotional-credits/handler.ts';
import { listReconciliationsHandler } from './routes/list-reconciliations/handler.ts';
import { listRequestsHandler } from './routes/list-requests/handler.ts';
import { listReviewsHandler } from './routes/list-reviews/handler.ts';
import { listSpoolsHandler } from './routes/list-spools/handler.ts';
import { listTopUpsHandler } from './routes/list-top-ups/handler.ts';
import { listTransactionsHandler } from './routes/list-transactions/handler.ts';
import { proposeBankTransferHandler } from './routes/propose-bank-transfer/handler.ts';
import { putAutomaticTopUpHandler } from './routes/put-automatic-top-up/handler.ts';
import { putBillingProfileHandler } from './routes/put-billing-profile/handler.ts';
import { putCreditLimitHandler } from './routes/put-credit-limit/handler.ts';
import { putLegalEntityHandler } from './routes/put-legal-entity/handler.ts';
import { putSubscriptionHandler } from './routes/put-subscription/handler.ts';
import { readAdviceHandler } from './routes/read-advice/handler.ts';
import { readAutomaticTopUpHandler } from './routes/read-automatic-top-up/handler.ts';
import { readBalanceHandler } from './routes/read-balance/handler.ts';
import { readBalanceOfHandler } from './routes/read-balance-of/handler.ts';
import { readBillingProfileHandler } from './routes/read-billing-profile/handler.ts';
import { readBudgetHandler } from './routes/read-budget/handler.ts';
import { readCreditLimitHandler } from './routes/read-credit-limit/handler.ts';
import { readDeadLetterHandler } from './routes/read-dead-letter/handler.ts';
import { readInvoiceHandler } from './routes/read-invoice/handler.ts';
import { readLegalEntityHandler } from './routes/read-legal-entity/handler.ts';
import { readPayerHandler } from './routes/read-payer/handler.ts';
import { readPaymentMethodHandler } from './routes/read-payment-method/handler.ts';
import { readStatementHandler } from './routes/read-statement/handler.ts';
import { readSubscriptionHandler } from './routes/read-subscription/handler.ts';
import { readTopUpHandler } from './routes/read-top-up/handler.ts';
import { receivePaymentWebhookHandler } from './routes/receive-payment-webhook/handler.ts';
import { recordRejectionsHandler } from './routes/record-rejections/handler.ts';
import { recordWatermarkHandler } from './routes/record-watermark/handler.ts';
import { rejectBankTransferHandler } from './routes/reject-bank-transfer/handler.ts';
import { releaseHoldHandler } from './routes/release-hold/handler.ts';
import { releaseOrganizationHandler } from './routes/release-organization/handler.ts';
import { replayDeadLetterHandler } from './routes/replay-dead-letter/handler.ts';
import { retirePlanHandler } from './routes/retire-plan/handler.ts';
import { readsAsTenant } from './tenants/tenant-reads.ts';

/** Identity → body → route; then a database that failed becomes 503, since the same request can succeed later. */
export function createBillingApp(context: BillingContext): RequestListener {
  const reads = requirePrincipal(context.verifier, 'billing:read');
  const manages = requirePrincipal(context.verifier, 'billing:manage');
  const pays = requirePrincipal(context.verifier, 'billing:pay');
  const fromGateway = requirePeer(context.verifier, ['api-gateway']);
  return createExpressApp(context, (app) => {
    app.get('/v1/billing/balance', reads, readBalanceHandler(context));
    app.get('/v1/billing/balance/:id', reads, readBalanceOfHandler(context));
    app.get('/v1/billing/transactions', reads, readsAsTenant(context, listTransactionsHandler));
    app.get('/v1/billing/explain/:requestId', reads, explainChargeHandler(context));
    app.post('/v1/billing/transaction', manages, jsonBody, createTransactionHandler(context));
    app.get('/v1/billing/reviews', manages, listReviewsHandler(context));
    app.post('/v1/billing/reviews/:id/close', manages, closeReviewHandler(context));
    app.get('/v1/billing/dead-letters', manages, listDeadLettersHandler(context));
    app.get('/v1/billing/dead-letters/:id', manages, readDeadLetterHandler(context));
    app.post('/v1/billing/dead-letters/:id/replay', manages, replayDeadLetterHandler(context));
    app.delete('/v1/billing/dead-letters/:id', manages, dropDeadLetterHandler(context));
    app.get('/v1/billing/reconciliations', manages, listReconciliationsHandler(context));
    app.get('/v1/billing/differences', manages, listDifferencesHandler(context));
    app.post('/v1/billing/differences/:id/judge', manages, jsonBody, judgeDifferenceHandler(context));
    app.get('/v1/billing/spools', manages, listSpoolsHandler(context));
    app.post('/v1/billing/spools/:id/lost', manages, declareSpoolLostHandler(context));
    app.post('/v1/billing/webhooks/:provider', fromGateway, receivePaymentWebhookHandler(context));
    app.post('/v1/billing/top-ups', pays, jsonBody, createTopUpHandler(context));
    app.get('/v1/billing/top-ups', reads, readsAsTenant(context, listTopUpsHandler));
    app.get('/v1/billing/top-ups/:id', reads, readsAsTenant(context, readTopUpHandler));
    app.post('/v1/billing/top-ups/:id/refunds', manages, jsonBody, createRefundHandler(context));
    app.get('/v1/billing/payment-method', reads, readsAsTenant(context, readPaymentMethodHandler));
    app.delete('/v1/billing/payment-method', pays, deletePaymentMethodHandler(context));
    app.get('/v1/billing/payment-reviews', manages, listPaymentReviewsHandler(context));
    app.post('/v1/billing/payment-reviews/:id/close', manages, closePaymentReviewHandler(context));
    app.post('/v1/billing/bank-transfers', manages, jsonBody, proposeBankTransferHandler(context));
    app.get('/v1/billing/bank-transfers', manages, listBankTransfersHandler(context));
    app.post('/v1/billing/bank-transfers/:id/approve', manages, approveBankTransferHandler(context));
    app.post('/v1/billing/bank-transfers/:id/reject', manages, rejectBankTransferHandler(context));
    app.post('/v1/billing/promotional-credits', manages, jsonBody, createPromotionalCreditHandler(context));
    app.get('/v1/billing/promotional-credits', reads, readsAsTenant(context, listPromotionalCreditsHandler));
    app.get('/v1/billing/automatic-top-up', reads, readsAsTenant(context, readAutomaticTopUpHandler));
    app.put('/v1/billing/automatic-top-up', pays, jsonBody, putAutomaticTopUpHandler(context));
    app.delete('/v1/billing/automatic-top-up', pays, deleteAutomaticTopUpHandler(context));
    app.post('/v1/billing/exchange-rates', manages, jsonBody, createExchangeRateHandler(context));
    app.get('/v1/billing/exchange-rates', manages, listExchangeRatesHandler(context));
    app.get('/v1/billing/plans', reads, listPlansHandler(context));
    app.post('/v1/billing/plans', manages, jsonBody, createPlanHandler(context));
    app.delete('/v1/billing/plans/:id', manages, retirePlanHandler(context));
    app.get('/v1/billing/subscription', reads, readsAsTenant(context, readSubscriptionHandler));
    app.put('/v1/billing/subscription', pays, jsonBody, putSubscriptionHandler(context));
    app.delete('/v1/billing/subscription', pays, cancelSubscriptionHandler(context));
    app.post('/v1/billing/invoices/:id/credit-notes', manages, jsonBody, createCreditNoteHandler(context));
    app.get('/v1/billing/invoices', reads, readsAsTenant(context, listInvoicesHandler));
    app.get('/v1/billing/requests', reads, listRequestsHandler(context));
    app.get('/v1/billing/advice', reads, readAdviceHandler(context));
    app.get('/v1/billing/statements/:period', reads, readStatementHandler(context));
    app.put('/v1/billing/profile', pays, jsonBody, putBillingProfileHandler(context));
    app.get('/v1/billing/legal-entity', manages, readLegalEntityHandler(context));
    app.put('/v1/billing/legal-entity', manages, jsonBody, putLegalEntityHandler(context));
    app.get('/v1/billing/profile', reads, readsAsTenant(context, readBillingProfileHandler));
    app.get('/v1/billing/invoices/:id', reads, readsAsTenant(context, readInvoiceHandler));
    routePayers(app, context);
    routeBounds(app, context);
    routeInternal(app, context);
    app.use(answerDatabaseFailures);
  });
}

/** One organisation pays for others. */
function routePayers(app: Express, context: BillingContext): void {
  const reads = requirePrincipal(context.verifier, 'billing:read');
  const manages = requirePrincipal(context.verifier, 'billing:manage');
  const pays = requirePrincipal(context.verifier, 'billing:pay');
  app.get('/v1/billing/payer', reads, readsAsTenant(context, readPayerHandler));
  app.put('/v1/billing/payer', pays, jsonBody, askPayerHandler(context));
  app.delete('/v1/billing/payer', pays, leavePayerHandler(context));
  app.get('/v1/billing/paid-organizations', reads, readsAsTenant(context, listPaidOrganizationsHandler));
  app.post('/v1/billing/paid-organizations/:id/accept', pays, acceptOrganizationHandler(context));
  app.delete('/v1/billing/paid-organizations/:id', pays, releaseOrganizationHandler(context));
  app.put('/v1/billing/payers/:id/organizations/:organizationId', manages, attachOrganizationHandler(context));
  app.delete('/v1/billing/payers/:id/organizations/:organizationId', manages, detachOrganizationHandler(context));
  app.get('/v1/billing/payers/:id/credit-limit', manages, readCreditLimitHandler(context));
  app.put('/v1/billing/payers/:id/credit-limit', manages, jsonBody, putCreditLimitHandler(context));
}

/** What is used of budgets and limits. */
function routeBounds(app: Express, context: BillingContext): void {
  const reads = requirePrincipal(context.verifier, 'billing:read');
  app.get('/v1/billing/budgets', reads, listBudgetsHandler(context));
  app.get('/v1/billing/budgets/:budgetId', reads, readBudgetHandler(context));
  app.get('/v1/billing/limits', reads, listLimitsHandler(context));
}

/** Other services. */
function routeInternal(app: Express, context: BillingContext): void {
  const fromProxy = requirePeer(context.verifier, ['proxy']);
  app.post('/internal/leases', fromProxy, jsonBody, createLeaseHandler(context));
  app.post('/internal/budgets/grants', fromProxy, jsonBody, grantBudgetsHandler(context));
  app.post('/internal/holds', fromProxy, jsonBody, createHoldHandler(context));
  app.post('/internal/holds/release', fromProxy, jsonBody, releaseHoldHandler(context));
  app.post('/internal/rejections', fromProxy, jsonBody, recordRejectionsHandler(context));
  app.post('/internal/spools/watermark', fromProxy, jsonBody, recordWatermarkHandler(context));
  app.get(
    '/internal/ledger/check',
    requirePeer(context.verifier, ['api-gateway', 'analytics', 'proxy', 'billing']),
    checkLedgerHandler(context),
  );
}

const answerDatabaseFailures: ErrorRequestHandler = (error, _request, _response, next) => {
  next(isDatabaseFailure(error) ? new AppError('service_unavailable', { cause: error, retryAfterMs: 1000 }) : error);
};
