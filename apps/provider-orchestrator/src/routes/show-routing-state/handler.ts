import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { toRoutingState } from '../../reports/to-routing-state.ts';

/** `GET /internal/routing-state`, `GET /v1/orchestrator/state` */
export function showRoutingState({ feed, reports, health }: ProviderOrchestratorContext): RequestHandler {
  return async (_request, response) => {
    const heard = await reports.list();
    const published = feed.current;
    if (published === null) throw new AppError('service_unavailable', { internal: 'no snapshot', retryAfterMs: 1000 });
    response.json(toRoutingState(published, heard, (provider) => health.read(provider)));
  };
}
