import { proxyReport } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';

/** `POST /internal/proxies/reports`. Never waits for the database: a proxy serves although its report may be lost. */
export function recordProxyReport({ reports, events }: ProviderOrchestratorContext): RequestHandler {
  return (request, response) => {
    const report = checkBody(proxyReport, request.body);
    if (reports.isNews(report)) events.proxyAnswered(report);
    reports.record(report);
    response.status(204).end();
  };
}
