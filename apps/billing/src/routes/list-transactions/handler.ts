import type { TransactionPage } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { listTransactions } from '../../transactions/list-transactions.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/transactions */
export function listTransactionsHandler({ database }: ReadContext): RequestHandler {
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
