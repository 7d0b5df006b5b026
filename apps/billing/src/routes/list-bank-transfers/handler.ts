import { checkBody, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { toBankTransfer } from '../../bank-transfers/bank-transfers.ts';
import type { BillingContext } from '../../billing-context.ts';
import { pageQuery } from '../page-query.ts';

const query = pageQuery.extend({ state: z.enum(['proposed', 'approved', 'rejected']).optional() });

/** GET /v1/billing/bank-transfers: newest first, of one state where it is given. */
export function listBankTransfersHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { state, cursor, limit } = checkBody(query, request.query);
    const rows = await database.bankTransfer.findMany({
      where: { ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    response.json(toPage(rows, limit, ({ id }) => id, toBankTransfer));
  };
}
