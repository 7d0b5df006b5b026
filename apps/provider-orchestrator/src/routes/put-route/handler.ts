import { type PutRouteRequest, putRouteRequest, type RouteChange, routeName } from '@aggregator/contracts';
import { checkBody, readIfMatch, requireMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { writeAudit } from '../../audit/write-audit.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { findRoute, putRoute as writeRoute } from '../../model-routes/write-route.ts';
import { actorOf } from '../actor-of.ts';

const path = z.object({ name: routeName });

/** `PUT /v1/orchestrator/routes/{name}` */
export function putRoute(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { name } = checkBody(path, request.params);
    const body = checkBody(putRouteRequest, request.body);
    const actor = actorOf(request);
    const { result, snapshot } = await context.publish(async (tx) => {
      await requireMatch(readIfMatch(request), () => findRoute(tx, name));
      await writeRoute(tx, name, body);
      const details = { after: toDetails(name, body) };
      await writeAudit(tx, context.now(), actor, {
        action: 'route_put',
        subjectType: 'route',
        subjectId: name,
        details,
      });
      return await findRoute(tx, name);
    });
    if (result === null) throw new Error('a route vanished');
    context.events.registryChanged({ change: 'route_put', name, ...snapshot, ...actor });
    const answer: RouteChange = { route: result, snapshot };
    response.json(answer);
  };
}

/** Weights can be fractions, which the audit keeps as texts. */
function toDetails(name: string, { candidates, ...settings }: PutRouteRequest) {
  return {
    settings: JSON.stringify({ name, ...settings }),
    candidates: candidates.slice(0, 50).map((one) => JSON.stringify(one)),
  };
}
