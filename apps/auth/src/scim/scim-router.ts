import { AppError } from '@aggregator/contracts';
import { requirePeer } from '@aggregator/service-kit';
import { Router } from 'express';
import type { AuthContext } from '../auth-context.ts';
import { type Answer, answering } from './answering.ts';
import { addGroupRoutes } from './group-routes.ts';
import { requireScimToken } from './scim-caller.ts';
import { toListResponse, toResourceTypes, toSchemas, toServiceProviderConfig } from './service-description.ts';
import { addUserRoutes } from './user-routes.ts';

/** SCIM 2.0 for the identity provider of one organisation. Sources: RFC 7643, RFC 7644. */
export function createScimRouter(context: AuthContext): Router {
  const baseUrl = `${context.publicUrl.replace(/\/$/, '')}/scim/v2`;
  const router = Router();
  router.use(requirePeer(context.verifier, ['api-gateway']), requireScimToken(context));
  router.get(
    '/ServiceProviderConfig',
    answering(() => ({ status: 200, body: toServiceProviderConfig(baseUrl) })),
  );
  router.get(
    '/ResourceTypes',
    answering(() => ({ status: 200, body: toListResponse(toResourceTypes(baseUrl)) })),
  );
  router.get(
    '/ResourceTypes/:id',
    answering(({ params }) => find(toResourceTypes(baseUrl), params.id)),
  );
  router.get(
    '/Schemas',
    answering(() => ({ status: 200, body: toListResponse(toSchemas(baseUrl)) })),
  );
  router.get(
    '/Schemas/:id',
    answering(({ params }) => find(toSchemas(baseUrl), params.id)),
  );
  addUserRoutes(router, context, baseUrl);
  addGroupRoutes(router, context, baseUrl);
  router.use((_request, _response, next) => next(new AppError('not_found')));
  return router;
}

function find(list: readonly { id: string; meta: { location: string } }[], id: unknown): Answer {
  const body = list.find((one) => one.id === id);
  if (body === undefined) throw new AppError('not_found');
  return { status: 200, body };
}
