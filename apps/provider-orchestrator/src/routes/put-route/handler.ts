import { putRouteRequest, type RouteChange, routeName } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { putRoute as writeRoute } from '../../model-routes/write-route.ts';
import { actorOf } from '../actor-of.ts';

const path = z.object({ name: routeName });

/** `PUT /v1/orchestrator/routes/{name}` */
export function putRoute(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { name } = checkBody(path, request.params);
    const body = checkBody(putRouteRequest, request.body);
    const { result, snapshot } = await context.publish((tx) => writeRoute(tx, name, body));
    context.events.registryChanged({ change: 'route_put', name, ...snapshot, ...actorOf(request) });
    const answer: RouteChange = { route: result, snapshot };
    response.json(answer);
  };
}
