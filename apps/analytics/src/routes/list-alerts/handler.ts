import { alertQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { listAlerts } from '../../alerts/list-alerts.ts';
import type { AnalyticsContext } from '../../context.ts';

/** GET /v1/analytics/alerts: alerts of the installation, newest first. */
export function listAlertsHandler({ database, config, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const query = checkBody(alertQuery, request.query);
    response.json(await listAlerts(database, new Date(now()), config.alertRunbookBaseUrl, query));
  };
}
