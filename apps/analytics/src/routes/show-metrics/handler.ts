import type { UsageTotals } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { readOwnUsage } from '../../tenants/read-own-usage.ts';
import { lastDay } from '../../usage/read-range.ts';

/** `GET /v1/analytics/metrics`: the totals of the caller's organisation over the last 24 hours. */
export function showMetrics(context: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { totals } = await readOwnUsage(context, { orgId, userId: null, ...lastDay(context.now()) }, 'provider');
    const answer: UsageTotals = totals;
    response.json(answer);
  };
}
