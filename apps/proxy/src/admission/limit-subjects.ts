import type { RateLimit } from '@aggregator/admission';
import type { Principal, PrincipalLimits } from '@aggregator/contracts';
import type { Hold } from './hold-request.ts';
import type { RequestBounds } from './request-bounds.ts';

const organizationSubject = 'org:';

/** Returns the tokens that a request took, for each limit of tokens that its hold charged. */
export function toActualCosts(
  {
    tokensSubject,
    organizationTokensSubject,
  }: Pick<Hold, 'tokensSubject'> & { organizationTokensSubject?: string | null },
  tokens: number,
): Record<string, number> {
  return {
    ...(tokensSubject !== null && { [tokensSubject]: tokens }),
    ...(organizationTokensSubject != null && { [organizationTokensSubject]: tokens }),
  };
}

/** Limits of the caller and of its organisation; all of them are in the one step that takes the hold. */
export function limitsOf(
  { orgId, keyId, userId, limits, organizationLimits }: Principal,
  bounds: Pick<RequestBounds, 'tokensLikely'>,
) {
  const own = toSubjects(keyId === null ? `user:${userId}` : `key:${keyId}`, limits, bounds);
  const all = organizationLimits && toSubjects(`${organizationSubject}${orgId}`, organizationLimits, bounds);
  return {
    rates: [...own.rates, ...(all?.rates ?? [])],
    concurrency: [...own.concurrency, ...(all?.concurrency ?? [])],
    subjects: { tokensSubject: own.tokensSubject, organizationTokensSubject: all?.tokensSubject ?? null },
  };
}

function toSubjects(owner: string, limits: PrincipalLimits, bounds: Pick<RequestBounds, 'tokensLikely'>) {
  const { requestsPerMinute, tokensPerMinute, concurrentRequests } = limits;
  const rates: RateLimit[] = [];
  if (requestsPerMinute !== null) {
    rates.push({ subject: `${owner}:requests`, ratePerMinute: requestsPerMinute, cost: 1 });
  }
  const tokensSubject = tokensPerMinute === null ? null : `${owner}:tokens`;
  if (tokensPerMinute !== null) {
    // What is more than the whole limit could never be admitted; the end books what it really was.
    const cost = Math.min(bounds.tokensLikely, tokensPerMinute);
    rates.push({ subject: `${owner}:tokens`, ratePerMinute: tokensPerMinute, cost });
  }
  const concurrency = concurrentRequests === null ? [] : [{ subject: `${owner}:concurrency`, max: concurrentRequests }];
  return { rates, concurrency, tokensSubject };
}

/** Returns for whom a limit is, as the sentence of a refusal names it. */
export function ownerOf(subject: string): string {
  return subject.startsWith(organizationSubject) ? 'the whole organisation' : 'this key or user';
}
