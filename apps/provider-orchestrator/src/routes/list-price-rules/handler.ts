import { listPriceRulesQuery, type PriceRulePage } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { readRuleRows } from '../../prices/show-prices.ts';

/** `GET /v1/orchestrator/price-rules`, past and future ones too, the newest first. */
export function listPriceRules({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize, organizationId } = checkBody(listPriceRulesQuery, { ...request.query });
    const rows = await withRegistry(readRuleRows(database, { cursor, limit: limit + 1 }, organizationId));
    response.json(toPage(rows, limit, ({ id }) => id) satisfies PriceRulePage);
  };
}
