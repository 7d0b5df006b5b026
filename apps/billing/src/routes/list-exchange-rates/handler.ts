import { checkBody, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { toExchangeRate } from '../../exchange-rates/exchange-rates.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/exchange-rates: newest first. */
export function listExchangeRatesHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit } = checkBody(pageQuery, request.query);
    const rows = await database.exchangeRate.findMany({
      ...{ where: cursor === undefined ? {} : { id: { lt: cursor } }, orderBy: { id: 'desc' }, take: limit + 1 },
    });
    response.json(toPage(rows, limit, ({ id }) => id, toExchangeRate));
  };
}
