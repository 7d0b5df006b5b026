import { type AdmitRequest, nameLimit, type RateLimit, toLimitSubjects } from '@aggregator/admission';
import type { Principal, PrincipalLimit } from '@aggregator/contracts';
import type { Hold } from './hold.ts';
import type { RequestBounds } from './request-bounds.ts';

export const organizationPrefix = 'org:';

/** Limits of tokens that a hold charged; what is absent or null was not. */
type TokensSubjects = Partial<
  Pick<Hold, 'tokensSubject' | 'organizationTokensSubject'> & { levelTokensSubjects: readonly string[] | null }
>;

/** Returns the tokens that a request took, for each limit of tokens that its hold charged. */
export function toActualCosts(subjects: TokensSubjects, tokens: number): Record<string, number> {
  const { tokensSubject, organizationTokensSubject, levelTokensSubjects } = subjects;
  const costs: Record<string, number> = {};
  if (tokensSubject != null) costs[tokensSubject] = tokens;
  if (organizationTokensSubject != null) costs[organizationTokensSubject] = tokens;
  for (const subject of levelTokensSubjects ?? []) costs[subject] = tokens;
  return costs;
}

/** Limits that one request meets. A limit of tokens has the whole limit as its cost until the request is known. */
interface Limits {
  readonly rates: readonly RateLimit[];
  readonly concurrency: AdmitRequest['concurrency'];
  readonly subjects: Pick<Hold, 'tokensSubject' | 'organizationTokensSubject' | 'levelTokensSubjects'>;
}

/** What stays the same for all requests of a caller. */
interface CallerLimits {
  /** Limits of every request. */
  readonly always: Limits;
  /** Those of requests among them. */
  readonly requestRates: readonly RateLimit[];
  /** Limits for certain models. */
  readonly ofModels: readonly { readonly models: readonly string[]; readonly limits: Limits }[];
}

/** A principal is one object for as long as its token is remembered, so its limits are named once and not in every request. */
const known = new WeakMap<Principal, CallerLimits>();

/**
 * Returns the limits of the caller, its team and its organisation; all of them are in the one step that takes the hold. A
 * limit for certain models counts the request if one of them may answer it.
 * @param models names of the models that may answer.
 */
export function limitsOf(
  principal: Principal,
  { tokensLikely }: Pick<RequestBounds, 'tokensLikely'>,
  models: () => readonly string[],
): Limits {
  const { always, ofModels } = callerLimitsOf(principal);
  const limits = ofModels.length === 0 ? always : joinLimits(always, ofModels, new Set(models()));
  const { tokensSubject, organizationTokensSubject, levelTokensSubjects } = limits.subjects;
  if (tokensSubject === null && organizationTokensSubject === null && levelTokensSubjects.length === 0) return limits;
  // What is more than the whole limit could never be admitted; the end books what it really was.
  const toCost = (rate: RateLimit) =>
    isRequests(rate.subject) ? rate : { ...rate, cost: Math.min(tokensLikely, rate.ratePerMinute) };
  return { ...limits, rates: limits.rates.map(toCost) };
}

/** Limits of requests alone, of the caller, its team and its organisation; not those for certain models. */
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

function nameLimits({ orgId, keyId, userId, limits, organizationLimits, levelLimits = [] }: Principal): CallerLimits {
  const own = toLimitSubjects(keyId === null ? `user:${userId}` : `key:${keyId}`, limits);
  const all = organizationLimits && toLimitSubjects(`${organizationPrefix}${orgId}`, organizationLimits);
  const named = levelLimits.map((limit) => ({ models: limit.models, limits: toLevelLimits(limit) }));
  const unbound = named.filter(({ models }) => models === undefined).map((one) => one.limits);
  const rates = [own, ...(all ? [all] : []), ...unbound].flatMap((part) => part.rates);
  return {
    always: {
      rates,
      concurrency: [own, ...(all ? [all] : []), ...unbound].flatMap((part) => part.concurrency),
      subjects: {
        tokensSubject: own.tokensSubject,
        organizationTokensSubject: all?.tokensSubject ?? null,
        levelTokensSubjects: unbound.flatMap(({ subjects }) => subjects.levelTokensSubjects),
      },
    },
    requestRates: rates.filter(({ subject }) => isRequests(subject)),
    ofModels: named.flatMap(({ models, limits: ofModels }) =>
      models === undefined ? [] : [{ models, limits: ofModels }],
    ),
  };
}

function toLevelLimits(limit: PrincipalLimit): Limits {
  const { rates, concurrency, tokensSubject } = toLimitSubjects(nameLimit(limit), limit);
  const levelTokensSubjects = tokensSubject === null ? [] : [tokensSubject];
  return {
    rates,
    concurrency,
    subjects: { tokensSubject: null, organizationTokensSubject: null, levelTokensSubjects },
  };
}

function joinLimits(always: Limits, ofModels: CallerLimits['ofModels'], names: ReadonlySet<string>): Limits {
  const counting = ofModels.filter(({ models }) => models.some((name) => names.has(name))).map(({ limits }) => limits);
  if (counting.length === 0) return always;
  const parts = [always, ...counting];
  return {
    rates: parts.flatMap(({ rates }) => rates),
    concurrency: parts.flatMap(({ concurrency }) => concurrency),
    subjects: {
      ...always.subjects,
      levelTokensSubjects: parts.flatMap(({ subjects }) => subjects.levelTokensSubjects),
    },
  };
}

export function isRequests(subject: string): boolean {
  return subject.endsWith(':requests');
}
