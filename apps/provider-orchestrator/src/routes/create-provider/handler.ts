import { createProviderRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { auditProvider } from '../../audit/audit-provider.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { createProvider as writeProvider } from '../../providers/create-provider.ts';
import { publishProvider } from '../../providers/publish-provider.ts';
import { actorOf } from '../actor-of.ts';

/** `POST /v1/orchestrator/providers` */
export function createProvider(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createProviderRequest, request.body);
    const actor = actorOf(request);
    const change = await publishProvider(context, body.name, async (tx) => {
      await writeProvider(tx, body, context.writer());
      const audited = { action: 'provider_created', name: body.name, fields: Object.keys(body) };
      await auditProvider(tx, context.now(), actor, audited);
    });
    context.events.registryChanged({
      change: 'provider_created',
      name: body.name,
      ...change.snapshot,
      ...actor,
    });
    response.status(201).json(change);
  };
}
