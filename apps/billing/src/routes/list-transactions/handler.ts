import type { TransactionPage } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listTransactions } from '../../transactions/list-transactions.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/transactions */
export function listTransactionsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit } = checkBody(pageQuery, request.query);
    const page: TransactionPage = await listTransactions(database, {
      orgId: principalOf(request).orgId,
      cursor,
      limit,
    });
    response.json(page);
  };
}
