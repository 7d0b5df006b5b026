import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { answerDashboard } from '../show-dashboard/handler.ts';

/** `GET /v1/users/usage?from&to&groupBy`: what the caller used, with a dashboard's query and answer. */
export function showUserUsage(context: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId, userId } = principalOf(request);
    await answerDashboard(context, request, response, { orgId, userId });
  };
}
