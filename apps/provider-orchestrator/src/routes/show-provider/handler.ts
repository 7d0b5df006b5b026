import { AppError } from '@aggregator/contracts';
import { sendTagged } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { findProviderDetail, toProviderDetail } from '../../providers/show-provider.ts';
import { readPathName } from '../read-path-name.ts';

/** `GET /v1/orchestrator/providers/{name}` */
export function showProvider({ database, health }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const row = await withRegistry(findProviderDetail(database, name));
    if (row === null) throw new AppError('not_found', { message: `There is no provider '${name}'.` });
    const { health: now, ...declared } = toProviderDetail(row, health.read(name));
    sendTagged(response, { ...declared, health: now }, declared);
  };
}
