import { createProviderRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { createProvider as writeProvider } from '../../providers/create-provider.ts';
import { publishProvider } from '../../providers/publish-provider.ts';
import { actorOf } from '../actor-of.ts';

/** `POST /v1/orchestrator/providers` */
export function createProvider(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createProviderRequest, request.body);
    const change = await publishProvider(context, body.name, (tx) => writeProvider(tx, body, context.writer()));
    context.events.registryChanged({
      change: 'provider_created',
      name: body.name,
      ...change.snapshot,
      ...actorOf(request),
    });
    response.status(201).json(change);
  };
}
