import type { PriceDifferences } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { compareSources } from '../../prices/compare-sources.ts';
import { readSources } from '../../prices/read-sources.ts';

const shownMax = 1000;

/** `GET /v1/orchestrator/prices/differences`: where the catalogue, the declarations and the book disagree. */
export function listPriceDifferences(context: ProviderOrchestratorContext): RequestHandler {
  return async (_request, response) => {
    const models = await withRegistry(readSources(context.database, context.writer().readKnownModels));
    const found = compareSources(models, shownMax + 1);
    const answer: PriceDifferences = { data: found.slice(0, shownMax), hasMore: found.length > shownMax };
    response.json(answer);
  };
}
