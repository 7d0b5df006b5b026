import type { DashboardAnswer } from '@aggregator/contracts';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { dayMs, endOfHour, hourMs } from '../format/time.ts';
import { get } from './call.ts';
import type { Query } from './http.ts';

export type Grouping = DashboardAnswer['groupBy'];

/** A range of the statistics, in whole hours. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export const periods = ['24h', '7d', '30d', '90d'] as const;
export type Period = (typeof periods)[number];

const lengths: Readonly<Record<Period, number>> = {
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '90d': 90 * dayMs,
};

/** The range that ends with the hour of now. */
export function rangeOf(period: Period, nowMs: number): Range {
  const toMs = endOfHour(nowMs);
  return { fromMs: toMs - lengths[period], toMs };
}

/** The range of the same length before it. */
export const rangeBefore = ({ fromMs, toMs }: Range): Range => ({ fromMs: fromMs - (toMs - fromMs), toMs: fromMs });

/** A chart of up to three days has hours, a longer one days. */
export const stepOf = ({ fromMs, toMs }: Range): 'hour' | 'day' => (toMs - fromMs > 72 * hourMs ? 'day' : 'hour');

/** How often a page that is open asks again. */
const refreshMs = 15_000;

/** What is counted, as the query of the statistics takes it. */
export type UsageOnly = Readonly<
  Partial<Record<'model' | 'provider' | 'keyId' | 'userId' | 'teamId' | 'tagKey' | 'tagValue', string>>
>;

export const usageQuery = (range: Range, groupBy: Grouping, only: UsageOnly = {}) =>
  queryOptions({
    queryKey: ['usage', range.fromMs, range.toMs, groupBy, only],
    queryFn: ({ signal }) => {
      const from = new Date(range.fromMs).toISOString();
      const to = new Date(range.toMs).toISOString();
      const query: Query = { from, to, groupBy, ...only };
      return get<DashboardAnswer>('/v1/analytics/dashboard', query, signal);
    },
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
