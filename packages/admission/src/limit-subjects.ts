import type { LimitCounts, LimitLevel } from '@aggregator/contracts';
import type { AdmitRequest, RateLimit } from './port.ts';

/** Subjects of limits that the organisation set begin so; the level follows, then the id of the limit. */
export const levelPrefix = 'limit-';

export interface LimitSubjects {
  /** A limit of tokens has the whole limit as its cost until the request is known. */
  readonly rates: readonly RateLimit[];
  readonly concurrency: AdmitRequest['concurrency'];
  /** Null if tokens are not limited. */
  readonly tokensSubject: string | null;
}

/** Returns the name under which the counter store counts a limit that the organisation set. */
export function nameLimit({ level, id }: { level: LimitLevel; id: string }): string {
  return `${levelPrefix}${level}:${id}`;
}

/** Returns what the counter store counts for `owner`, who has these limits. */
export function toLimitSubjects(
  owner: string,
  { requestsPerMinute, tokensPerMinute, concurrentRequests }: LimitCounts,
): LimitSubjects {
  const rates: RateLimit[] = [];
  if (requestsPerMinute !== null) {
    rates.push({ subject: `${owner}:requests`, ratePerMinute: requestsPerMinute, cost: 1 });
  }
  const tokensSubject = tokensPerMinute === null ? null : `${owner}:tokens`;
  if (tokensPerMinute !== null && tokensSubject !== null) {
    rates.push({ subject: tokensSubject, ratePerMinute: tokensPerMinute, cost: tokensPerMinute });
  }
  const concurrency = concurrentRequests === null ? [] : [{ subject: `${owner}:concurrency`, max: concurrentRequests }];
  return { rates, concurrency, tokensSubject };
}
