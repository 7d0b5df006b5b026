import { AppError, type ModelList } from '@aggregator/contracts';
import { indexSnapshot, listModels as listServedModels, type SnapshotIndex } from '@aggregator/routing';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';

/** `GET /v1/orchestrator/models`: what proxies serve by the published snapshot, and its prices. Needs no database. */
export function listModels({ feed }: ProviderOrchestratorContext): RequestHandler {
  let index: SnapshotIndex | null = null;
  return (_request, response) => {
    if (feed.current === null) {
      throw new AppError('service_unavailable', { internal: 'no snapshot', retryAfterMs: 1000 });
    }
    if (index === null || index.snapshot !== feed.current) index = indexSnapshot(feed.current);
    const list: ModelList = { object: 'list', data: listServedModels(index) };
    response.json(list);
  };
}
