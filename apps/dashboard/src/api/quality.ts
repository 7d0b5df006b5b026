import type { QualityAnswer } from '@aggregator/contracts';
import { queryOptions } from '@tanstack/react-query';
import { get } from './call.ts';
import type { Range } from './usage.ts';

const refreshMs = 30_000;

/** Delays, errors, availability and savings of a range, by day. */
export const qualityQuery = ({ fromMs, toMs }: Range) =>
  queryOptions({
    queryKey: ['quality', fromMs, toMs],
    queryFn: ({ signal }) => {
      const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
      return get<QualityAnswer>('/v1/analytics/quality', { from, to, groupBy: 'day' }, signal);
    },
    refetchInterval: refreshMs,
  });
