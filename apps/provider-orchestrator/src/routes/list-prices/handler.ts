import { listPricesQuery, type PricePage } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { readPriceRows } from '../../prices/show-prices.ts';

/** `GET /v1/orchestrator/prices`: the book, past and future prices too, the newest first. */
export function listPrices({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize, ...filter } = checkBody(listPricesQuery, { ...request.query });
    const rows = await withRegistry(readPriceRows(database, { cursor, limit: limit + 1 }, filter));
    response.json(toPage(rows, limit, ({ id }) => id) satisfies PricePage);
  };
}
