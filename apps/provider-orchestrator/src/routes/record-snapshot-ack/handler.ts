import { snapshotAck } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';

/** `POST /internal/snapshots/acks` */
export function recordSnapshotAck({ acks, events, now }: ProviderOrchestratorContext): RequestHandler {
  return (request, response) => {
    const ack = checkBody(snapshotAck, request.body);
    acks.record(ack, now());
    events.proxyAnswered(ack);
    response.status(204).end();
  };
}
