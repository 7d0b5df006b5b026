import type { ServerResponse } from 'node:http';
import type { AdmissionStore, AdmitAnswer, RateLimit, RateVerdict, TakenRates } from '@aggregator/admission';
import { AppError, type Principal } from '@aggregator/contracts';
import { isRequests, ownerOf, requestRatesOf } from './limit-subjects.ts';
import { setRateHeaders } from './rate-headers.ts';
import type { RefusedSubjects } from './refused-subjects.ts';

export interface RequestLimitsContext {
  readonly admission: Pick<AdmissionStore, 'takeRates'>;
  readonly refused: RefusedSubjects;
}

/**
 * What one request takes of the limits of requests, of its caller and of the organisation. The hold takes them with
 * everything else; a request that is dear before its hold, or has none, takes them first; one that fails before its hold
 * takes them afterwards.
 */
export class RequestLimits {
  readonly #context: RequestLimitsContext;
  readonly #orgId: string;
  readonly #rates: readonly RateLimit[];
  /** Verdicts on what was taken before the hold. */
  #taken: readonly RateVerdict[] = [];
  #isCounted = false;
  #isRefused = false;

  constructor(context: RequestLimitsContext, principal: Principal) {
    this.#context = context;
    this.#orgId = principal.orgId;
    this.#rates = requestRatesOf(principal);
  }

  /** Refuses a caller that is known to have nothing left. @throws {AppError} `rate_limit_exceeded` */
  refuseKnown(response: ServerResponse): void {
    const verdict = this.#context.refused.find(this.#orgId, this.#rates);
    if (verdict === null) return;
    this.#isRefused = true;
    setRateHeaders(response, [verdict]);
    throw toRateError(verdict);
  }

  /** Takes them now, if that was not done. @throws {AppError} `rate_limit_exceeded`, `service_unavailable` */
  async take(response: ServerResponse): Promise<void> {
    if (this.#rates.length === 0 || this.#isCounted) return;
    const answer = await this.#ask();
    setRateHeaders(response, answer.rates);
    if (!answer.isTaken) {
      this.#isRefused = true;
      throw toRateError(answer);
    }
    this.#taken = answer.rates;
    this.#isCounted = true;
  }

  /** What the hold has to take of these. */
  leftOf(rates: readonly RateLimit[]): readonly RateLimit[] {
    return this.#isCounted ? rates.filter(({ subject }) => !isRequests(subject)) : rates;
  }

  /** Keeps an answer to the hold, and sets the headers of all limits. */
  noteHold(response: ServerResponse, { result, rates, ...answer }: AdmitAnswer): void {
    setRateHeaders(response, [...this.#taken, ...rates]);
    this.#context.refused.note(this.#orgId, rates);
    if (result === 'admitted') this.#isCounted = true;
    else if ('subject' in answer && isRequests(answer.subject)) this.#isRefused = true;
  }

  /** Counts a request that failed before its hold, without anything waiting for it. */
  countFailure({ entry }: AppError): void {
    // What failed on our side is no fault of the caller, and what was refused by this very limit never counts.
    if (this.#isCounted || this.#isRefused || this.#rates.length === 0 || entry.status >= 500) return;
    this.#isCounted = true;
    // Best effort: while the counter store is away, failures are counted in this process.
    this.#ask().catch(() => undefined);
  }

  async #ask(): Promise<TakenRates> {
    const { admission, refused } = this.#context;
    const answer = await admission.takeRates({ orgId: this.#orgId, rates: this.#rates });
    refused.note(this.#orgId, answer.rates);
    return answer;
  }
}

export function toRateError({ subject, retryAfterMs }: Pick<RateVerdict, 'subject' | 'retryAfterMs'>): AppError {
  const isTokens = subject.endsWith(':tokens');
  return new AppError('rate_limit_exceeded', {
    message: `Too many ${isTokens ? 'tokens' : 'requests'} per minute for ${ownerOf(subject)}. Wait as long as Retry-After says, then try again.`,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}
