import type { Removal } from '@aggregator/contracts';
import { readIfMatch, requireMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { findRoute, deleteRoute as removeRoute } from '../../model-routes/write-route.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `DELETE /v1/orchestrator/routes/{name}` */
export function deleteRoute(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const actor = actorOf(request);
    const { snapshot } = await context.publish(async (tx) => {
      await requireMatch(readIfMatch(request), () => findRoute(tx, name));
      await removeRoute(tx, name);
      const audited = { action: 'route_deleted', subjectType: 'route' as const, subjectId: name, details: {} };
      await writeAudit(tx, context.now(), actor, audited);
    });
    context.events.registryChanged({ change: 'route_deleted', name, ...snapshot, ...actor });
    const answer: Removal = { snapshot };
    response.json(answer);
  };
}
