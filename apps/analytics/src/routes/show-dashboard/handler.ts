import { type DashboardAnswer, dashboardQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { Request, RequestHandler } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { readRange } from '../../usage/read-range.ts';
import { readUsage } from '../../usage/read-usage.ts';

/** `GET /v1/analytics/dashboard?from&to&groupBy&model&provider&keyId&userId`: what the caller's organisation used. */
export function showDashboard(context: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    response.json(await answerDashboard(context, request, { orgId, userId: null }));
  };
}

/** The query's range and grouping over what `whose` used. */
export async function answerDashboard(
  { database, now }: Pick<AnalyticsContext, 'database' | 'now'>,
  request: Request,
  whose: { orgId: string; userId: string | null },
): Promise<DashboardAnswer> {
  const query = checkBody(dashboardQuery, request.query);
  const { groupBy = 'day', model, provider, keyId, userId } = query;
  const only = {
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(userId !== undefined && { userId }),
  };
  const range = readRange(query, now());
  const { totals, series } = await readUsage(database, { ...whose, ...range, only }, groupBy);
  return { from: range.from.toISOString(), to: range.to.toISOString(), groupBy, totals, series };
}
