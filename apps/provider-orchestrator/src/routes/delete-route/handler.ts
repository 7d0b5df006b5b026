import type { Removal } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { deleteRoute as removeRoute } from '../../model-routes/write-route.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `DELETE /v1/orchestrator/routes/{name}` */
export function deleteRoute(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const { snapshot } = await context.publish((tx) => removeRoute(tx, name));
    context.events.registryChanged({ change: 'route_deleted', name, ...snapshot, ...actorOf(request) });
    const answer: Removal = { snapshot };
    response.json(answer);
  };
}
