import { proxyReport } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';

const query = proxyReport.pick({ proxyId: true });

/** `GET /internal/snapshots?proxyId=…`: contracts/internal/snapshot-stream.ts says what goes over it. */
export function streamSnapshots({ streams }: ProviderOrchestratorContext): RequestHandler {
  return (request, response) => {
    const { proxyId } = checkBody(query, request.query);
    streams.open(proxyId, response);
  };
}
