import type { Removal } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { deleteProvider as removeProvider } from '../../providers/change-provider.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `DELETE /v1/orchestrator/providers/{name}` */
export function deleteProvider(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const { snapshot } = await context.publish((tx) => removeProvider(tx, name));
    context.events.registryChanged({ change: 'provider_deleted', name, ...snapshot, ...actorOf(request) });
    const answer: Removal = { snapshot };
    response.json(answer);
  };
}
