import { listByNameQuery, type RoutePage } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { showRoutes } from '../../model-routes/write-route.ts';

/** `GET /v1/orchestrator/routes`, by name; the last name on a page is where the next one begins. */
export function listRoutes({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(listByNameQuery, { ...request.query });
    const where = cursor === undefined ? {} : { name: { gt: cursor } };
    const read = database.route.findMany({ where, orderBy: { name: 'asc' }, take: limit + 1 });
    const page = toPage(await withRegistry(read), limit, ({ name }) => name);
    const data = await withRegistry(showRoutes(database, page.data));
    response.json({ ...page, data } satisfies RoutePage);
  };
}
