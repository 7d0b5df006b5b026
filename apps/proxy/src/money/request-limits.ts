import type { ServerResponse } from 'node:http';
import type { AdmissionStore, AdmitAnswer, RateLimit, RateVerdict, TakenRates } from '@aggregator/admission';
import type { AppError, Principal } from '@aggregator/contracts';
import { toLimitRefusal } from './limit-refusal.ts';
import { isRequests, requestRatesOf } from './limit-subjects.ts';
import { addConcurrencyHeaders, setRateHeaders } from './rate-headers.ts';
import type { RefusedSubjects } from './refused-subjects.ts';

export interface RequestLimitsContext {
  readonly admission: Pick<AdmissionStore, 'takeRates'>;
  readonly refused: RefusedSubjects;
}

/**
 * What one request takes of the limits of requests, of its caller, its team and the organisation. The hold takes them with
 * everything else; a request that is dear before its hold, or has none, takes them first; one that fails before its hold
 * takes them afterwards.
 */
export class RequestLimits {
  readonly #context: RequestLimitsContext;
  readonly #principal: Principal;
  readonly #rates: readonly RateLimit[];
  /** Verdicts on what was taken before the hold. */
  #taken: readonly RateVerdict[] = [];
  #isCounted = false;
  #isRefused = false;

  constructor(context: RequestLimitsContext, principal: Principal) {
    this.#context = context;
    this.#principal = principal;
    this.#rates = requestRatesOf(principal);
  }

  /** Refuses a caller that is known to have nothing left. @throws {AppError} `rate_limit_exceeded` */
  refuseKnown(response: ServerResponse): void {
    const verdict = this.#context.refused.find(this.#principal.orgId, this.#rates);
    if (verdict === null) return;
    this.#isRefused = true;
    setRateHeaders(response, [verdict]);
    throw toRateError(this.#principal, { ...verdict, rates: [verdict] });
  }

  /** Takes them now, if that was not done. @throws {AppError} `rate_limit_exceeded`, `service_unavailable` */
  async take(response: ServerResponse): Promise<void> {
    if (this.#rates.length === 0 || this.#isCounted) return;
    const answer = await this.#ask();
    setRateHeaders(response, answer.rates);
    if (!answer.isTaken) {
      this.#isRefused = true;
      throw toRateError(this.#principal, answer);
    }
    this.#taken = answer.rates;
    this.#isCounted = true;
  }

  /** What the hold has to take of these. */
  leftOf(rates: readonly RateLimit[]): readonly RateLimit[] {
    return this.#isCounted ? rates.filter((rate) => !this.#rates.includes(rate)) : rates;
  }

  /** Keeps an answer to the hold, and sets the headers of all limits. */
  noteHold(response: ServerResponse, answer: AdmitAnswer): void {
    const { result, rates } = answer;
    setRateHeaders(response, [...this.#taken, ...rates], result === 'admitted');
    if (result === 'concurrency_limited') addConcurrencyHeaders(response, answer);
    this.#context.refused.note(this.#principal.orgId, rates);
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
    const answer = await admission.takeRates({ orgId: this.#principal.orgId, rates: this.#rates });
    refused.note(this.#principal.orgId, answer.rates);
    return answer;
  }
}

/** Returns the refusal by the rate that refused, as an answer of the counter store names it. */
export function toRateError(
  principal: Principal,
  { subject, retryAfterMs, rates }: { subject: string; retryAfterMs: number | null; rates: readonly RateVerdict[] },
): AppError {
  const max = rates.find((rate) => rate.subject === subject)?.limit ?? 0;
  return toLimitRefusal(principal, { subject, max, retryAfterMs });
}
