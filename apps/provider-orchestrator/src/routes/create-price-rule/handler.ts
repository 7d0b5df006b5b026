import { createPriceRuleRequest, type PriceRuleChange } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { readRuleRow } from '../../prices/show-prices.ts';
import { addRule } from '../../prices/write-rule.ts';
import { actorOf } from '../actor-of.ts';

const freeWarning = 'A multiplier of 0 charges nothing for these models, and their cost is not covered.';

/** `POST /v1/orchestrator/price-rules`. A rule that makes models free has a warning in the answer and in the log. */
export function createPriceRule(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createPriceRuleRequest, request.body);
    const actor = actorOf(request);
    const { result, snapshot } = await context.publish(async (tx) => {
      const rule = await readRuleRow(
        tx,
        await addRule(tx, body, { source: 'api', owner: null, reviewerUserId: actor.userId }),
      );
      await writeAudit(tx, context.now(), actor, {
        ...{ action: 'price_rule_set', subjectType: 'price_rule', subjectId: rule.id },
        details: { after: JSON.stringify(rule) },
      });
      return rule;
    });
    context.events.registryChanged({ change: 'price_rule_set', name: result.models, ...snapshot, ...actor });
    const isFree = result.multiplierPpm === 0;
    if (isFree) context.events.priceRuleFree({ ruleId: result.id, models: result.models, ...actor });
    const answer: PriceRuleChange = { rule: result, snapshot, ...(isFree && { warning: freeWarning }) };
    response.status(201).json(answer);
  };
}
