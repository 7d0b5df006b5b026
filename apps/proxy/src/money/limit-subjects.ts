import type { AdmitRequest, RateLimit } from '@aggregator/admission';
import { limitOwners, type Principal, type PrincipalLimits } from '@aggregator/contracts';
import type { Hold } from './hold.ts';
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

/** What stays the same for all requests of a caller. */
interface CallerLimits {
  /** A limit of tokens has the whole limit as its cost. */
  readonly rates: readonly RateLimit[];
  /** Those of requests. */
  readonly requestRates: readonly RateLimit[];
  readonly concurrency: AdmitRequest['concurrency'];
  readonly subjects: { readonly tokensSubject: string | null; readonly organizationTokensSubject: string | null };
}

/** A principal is one object for as long as its token is remembered, so its limits are named once and not in every request. */
const known = new WeakMap<Principal, CallerLimits>();

/** Limits of the caller and of its organisation; all of them are in the one step that takes the hold. */
export function limitsOf(principal: Principal, { tokensLikely }: Pick<RequestBounds, 'tokensLikely'>) {
  const { rates, concurrency, subjects } = callerLimitsOf(principal);
  const hasTokens = subjects.tokensSubject !== null || subjects.organizationTokensSubject !== null;
  // What is more than the whole limit could never be admitted; the end books what it really was.
  const toCost = (rate: RateLimit) =>
    isRequests(rate.subject) ? rate : { ...rate, cost: Math.min(tokensLikely, rate.ratePerMinute) };
  return { rates: hasTokens ? rates.map(toCost) : rates, concurrency, subjects };
}

/** Limits of requests alone, of the caller and of its organisation. */
export function requestRatesOf(principal: Principal): readonly RateLimit[] {
  return callerLimitsOf(principal).requestRates;
}

function callerLimitsOf(principal: Principal): CallerLimits {
  let limits = known.get(principal);
  if (limits === undefined) {
    limits = nameLimits(principal);
    known.set(principal, limits);
  }
  return limits;
}

function nameLimits({ orgId, keyId, userId, limits, organizationLimits }: Principal): CallerLimits {
  const own = toSubjects(keyId === null ? `user:${userId}` : `key:${keyId}`, limits);
  const all = organizationLimits && toSubjects(`${organizationSubject}${orgId}`, organizationLimits);
  const rates = [...own.rates, ...(all?.rates ?? [])];
  return {
    rates,
    requestRates: rates.filter(({ subject }) => isRequests(subject)),
    concurrency: [...own.concurrency, ...(all?.concurrency ?? [])],
    subjects: { tokensSubject: own.tokensSubject, organizationTokensSubject: all?.tokensSubject ?? null },
  };
}

function toSubjects(owner: string, { requestsPerMinute, tokensPerMinute, concurrentRequests }: PrincipalLimits) {
  const rates: RateLimit[] = [];
  if (requestsPerMinute !== null) {
    rates.push({ subject: `${owner}:requests`, ratePerMinute: requestsPerMinute, cost: 1 });
  }
  const tokensSubject = tokensPerMinute === null ? null : `${owner}:tokens`;
  if (tokensPerMinute !== null) {
    rates.push({ subject: `${owner}:tokens`, ratePerMinute: tokensPerMinute, cost: tokensPerMinute });
  }
  const concurrency = concurrentRequests === null ? [] : [{ subject: `${owner}:concurrency`, max: concurrentRequests }];
  return { rates, concurrency, tokensSubject };
}

export function isRequests(subject: string): boolean {
  return subject.endsWith(':requests');
}

/** Returns for whom a limit is, as the sentence of a refusal names it. */
export function ownerOf(subject: string): string {
  return subject.startsWith(organizationSubject) ? limitOwners.organization : limitOwners.caller;
}
