import type { UsageTotals } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { lastDay } from '../../usage/read-range.ts';
import { readUsage } from '../../usage/read-usage.ts';

/** `GET /v1/analytics/metrics`: the totals of the caller's organisation over the last 24 hours. */
export function showMetrics({ database, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { totals } = await readUsage(database, { orgId, userId: null, ...lastDay(now()) }, 'provider');
    const answer: UsageTotals = totals;
    response.json(answer);
  };
}
