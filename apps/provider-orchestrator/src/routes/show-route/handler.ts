import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { findRoute } from '../../model-routes/write-route.ts';
import { readPathName } from '../read-path-name.ts';

/** `GET /v1/orchestrator/routes/{name}` */
export function showRoute({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const row = await withRegistry(findRoute(database, name));
    if (row === null) throw new AppError('not_found', { message: `There is no route '${name}'.` });
    response.json(row);
  };
}
