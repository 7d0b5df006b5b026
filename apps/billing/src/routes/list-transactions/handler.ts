import type { TransactionPage } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../context.ts';
import { listTransactions } from '../../transactions/list-transactions.ts';

const limitDefault = 20;
const limitMax = 100;

const query = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(limitMax))
    .default(limitDefault),
});

/** GET /v1/billing/transactions */
export function listTransactionsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit } = checkBody(query, request.query);
    const page: TransactionPage = await listTransactions(database, {
      orgId: principalOf(request).orgId,
      cursor,
      limit,
    });
    response.json(page);
  };
}
