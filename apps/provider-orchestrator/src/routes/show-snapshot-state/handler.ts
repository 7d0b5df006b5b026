import { AppError, type SnapshotState } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';

/** `GET /internal/snapshots/state` */
export function showSnapshotState({ feed, acks, streams }: ProviderOrchestratorContext): RequestHandler {
  return (_request, response) => {
    if (feed.current === null)
      throw new AppError('service_unavailable', { internal: 'no snapshot', retryAfterMs: 1000 });
    const state: SnapshotState = {
      epoch: feed.current.epoch,
      version: feed.current.version,
      proxies: acks.list().map(({ ack, lastSeenMs }) => ({
        ...ack,
        lastSeenAt: new Date(lastSeenMs).toISOString(),
        isConnected: streams.isOpen(ack.proxyId),
      })),
    };
    response.json(state);
  };
}
