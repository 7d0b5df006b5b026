import { createPriceRequest, type PriceChange } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { readPriceRow } from '../../prices/show-prices.ts';
import { addPeriod } from '../../prices/write-period.ts';
import { actorOf } from '../actor-of.ts';

/** `POST /v1/orchestrator/prices` */
export function createPrice(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const entry = checkBody(createPriceRequest, request.body);
    const actor = actorOf(request);
    const author = { source: 'api', owner: null, reviewerUserId: actor.userId } as const;
    const { result, snapshot } = await context.publish(async (tx) => {
      const price = await readPriceRow(tx, await addPeriod(tx, entry, author));
      await writeAudit(tx, context.now(), actor, {
        ...{ action: 'price_set', subjectType: 'price', subjectId: price.id },
        details: { after: JSON.stringify(price) },
      });
      return price;
    });
    const name = `${result.provider}/${result.model}`;
    context.events.registryChanged({ change: 'price_set', name, ...snapshot, ...actor });
    const answer: PriceChange = { price: result, snapshot };
    response.status(201).json(answer);
  };
}
