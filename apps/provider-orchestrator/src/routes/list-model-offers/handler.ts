import { AppError, type modelOffers, modelOffersMax, modelOffersQuery } from '@aggregator/contracts';
import { indexSnapshot, listOffers, type SnapshotIndex } from '@aggregator/routing';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { ProviderOrchestratorContext } from '../../context.ts';

/** `GET /internal/model-offers`: for billing, which computes what requests would have cost elsewhere. */
export function listModelOffers({ feed }: ProviderOrchestratorContext): RequestHandler {
  let index: SnapshotIndex | null = null;
  return (request, response) => {
    const { organizationId } = checkBody(modelOffersQuery, request.query);
    if (feed.current === null) {
      throw new AppError('service_unavailable', { internal: 'no snapshot', retryAfterMs: 1000 });
    }
    if (index === null || index.snapshot !== feed.current) index = indexSnapshot(feed.current);
    const answer: z.infer<typeof modelOffers> = {
      data: listOffers(index, organizationId, modelOffersMax).map(({ provider, model, price, adapter }) => ({
        ...{ provider: provider.name, type: provider.type, model: model.id },
        ...{ operations: model.operations, capabilities: model.capabilities },
        ...{ contextLength: model.contextLength, maxOutputTokens: model.maxOutputTokens, rates: price.rates },
        batchPricePercent: adapter.facts.batchPricePercent ?? null,
      })),
    };
    response.json(answer);
  };
}
