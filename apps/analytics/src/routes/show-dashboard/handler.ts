import { type DashboardAnswer, dashboardQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { readOwnUsage } from '../../tenants/read-own-usage.ts';
import { nameGroups } from '../../usage/name-groups.ts';
import { readRange } from '../../usage/read-range.ts';
import { toUsageCsv } from '../../usage/to-usage-csv.ts';

/** `GET /v1/analytics/dashboard?from&to&groupBy&format&model&provider&keyId&userId&teamId&tagKey&tagValue`: what the caller's organisation used. */
export function showDashboard(context: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    await answerDashboard(context, request, response, { orgId, userId: null });
  };
}

/** Sends the query's range and grouping over what `whose` used. */
export async function answerDashboard(
  context: Pick<AnalyticsContext, 'readAsTenant' | 'names' | 'now'>,
  request: Request,
  response: Response,
  whose: { orgId: string; userId: string | null },
): Promise<void> {
  const query = checkBody(dashboardQuery, request.query);
  const range = readRange(query, context.now());
  const { from: _from, to: _to, groupBy = 'day', format = 'json', ...only } = query;
  const { totals, series: groups } = await readOwnUsage(context, { ...whose, ...range, only }, groupBy);
  const series = await nameGroups(context.names, whose.orgId, groupBy, groups);
  if (format === 'csv') {
    response.type('text/csv').send(toUsageCsv(groupBy, series));
    return;
  }
  const answer: DashboardAnswer = {
    ...{ from: range.from.toISOString(), to: range.to.toISOString(), groupBy, totals, series },
  };
  response.json(answer);
}
