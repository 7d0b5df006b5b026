import type { Removal } from '@aggregator/contracts';
import { readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { auditProvider } from '../../audit/audit-provider.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { deleteProvider as removeProvider } from '../../providers/change-provider.ts';
import { requireProviderMatch } from '../../providers/require-provider-match.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `DELETE /v1/orchestrator/providers/{name}` */
export function deleteProvider(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const actor = actorOf(request);
    const { snapshot } = await context.publish(async (tx) => {
      await requireProviderMatch(tx, name, readIfMatch(request));
      await removeProvider(tx, name);
      await auditProvider(tx, context.now(), actor, { action: 'provider_deleted', name, fields: [] });
    });
    context.events.registryChanged({ change: 'provider_deleted', name, ...snapshot, ...actor });
    const answer: Removal = { snapshot };
    response.json(answer);
  };
}
