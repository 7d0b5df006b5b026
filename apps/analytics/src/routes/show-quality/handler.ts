import { type QualityAnswer, qualityQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AnalyticsContext } from '../../context.ts';
import { readActivity } from '../../quality/read-activity.ts';
import { readQuality } from '../../quality/read-quality.ts';
import { readRange } from '../../usage/read-range.ts';
import { readUsage } from '../../usage/read-usage.ts';

/** `GET /v1/analytics/quality?from&to&groupBy&model&provider`: how the requests of the caller's organisation went. */
export function showQuality({ database, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { groupBy = 'day', model, provider, ...given } = checkBody(qualityQuery, request.query);
    const range = readRange({ ...given, groupBy }, now());
    const only = { ...(model !== undefined && { model }), ...(provider !== undefined && { provider }) };
    const [quality, usage, activity] = await Promise.all([
      readQuality(database, { orgId, ...range, ...only }, groupBy),
      readUsage(database, { orgId, userId: null, ...range, only }, 'provider'),
      readActivity(database, { orgId, ...range }),
    ]);
    const { requests, costNanoUsd } = usage.totals;
    const answer: QualityAnswer = {
      ...{ from: range.from.toISOString(), to: range.to.toISOString(), groupBy, ...activity },
      costPerRequestNanoUsd: requests === 0 ? null : (BigInt(costNanoUsd) / BigInt(requests)).toString(),
      ...quality,
    };
    response.json(answer);
  };
}
