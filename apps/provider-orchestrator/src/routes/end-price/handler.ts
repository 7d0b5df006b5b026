import type { PriceChange } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { readPriceRow } from '../../prices/show-prices.ts';
import { endPeriod } from '../../prices/write-period.ts';
import { actorOf } from '../actor-of.ts';

const path = z.object({ id: z.uuid() });

/** `DELETE /v1/orchestrator/prices/{id}`: ends it now; one that has not begun never will. */
export function endPrice(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { id } = checkBody(path, request.params);
    const actor = actorOf(request);
    const { result, snapshot } = await context.publish(async (tx) => {
      await endPeriod(tx, id);
      const price = await readPriceRow(tx, id);
      await writeAudit(tx, context.now(), actor, {
        ...{ action: 'price_ended', subjectType: 'price', subjectId: id },
        details: { after: JSON.stringify(price) },
      });
      return price;
    });
    const name = `${result.provider}/${result.model}`;
    context.events.registryChanged({ change: 'price_ended', name, ...snapshot, ...actor });
    const answer: PriceChange = { price: result, snapshot };
    response.json(answer);
  };
}
