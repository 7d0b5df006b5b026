import { listPricesQuery, type PricePage } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { readPriceRows } from '../../prices/show-prices.ts';

const pageSize = 50;

/** `GET /v1/orchestrator/prices`: the book, past and future prices too, the newest first. */
export function listPrices({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize, ...filter } = checkBody(listPricesQuery, { ...request.query });
    const rows = await withRegistry(readPriceRows(database, { cursor, limit: limit + 1 }, filter));
    const data = rows.slice(0, limit);
    const page: PricePage = { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
    response.json(page);
  };
}
