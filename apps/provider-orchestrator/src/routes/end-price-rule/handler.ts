import type { PriceRuleChange } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { readRuleRow } from '../../prices/show-prices.ts';
import { endRule } from '../../prices/write-rule.ts';
import { actorOf } from '../actor-of.ts';

const path = z.object({ id: z.uuid() });

/** `DELETE /v1/orchestrator/price-rules/{id}`: ends it now; one that has not begun never will. */
export function endPriceRule(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { id } = checkBody(path, request.params);
    const actor = actorOf(request);
    const { result, snapshot } = await context.publish(async (tx) => {
      await endRule(tx, id);
      const rule = await readRuleRow(tx, id);
      await writeAudit(tx, context.now(), actor, {
        ...{ action: 'price_rule_ended', subjectType: 'price_rule', subjectId: id },
        details: { after: JSON.stringify(rule) },
      });
      return rule;
    });
    context.events.registryChanged({ change: 'price_rule_ended', name: result.models, ...snapshot, ...actor });
    const answer: PriceRuleChange = { rule: result, snapshot };
    response.json(answer);
  };
}
