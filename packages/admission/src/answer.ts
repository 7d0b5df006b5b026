import { type ChargedRate, isAllowed, toVerdict } from './gcra.ts';
import type { AdmitAnswer, AdmitRequest, RateVerdict } from './port.ts';

/** The answer where a rate refuses, else null. Names the subject that takes longest, so nobody comes back too early. */
export function toRateRefusal(charged: readonly ChargedRate[]): AdmitAnswer | null {
  if (charged.every(isAllowed)) return null;
  const rates = toVerdicts(charged, false);
  const slowest = rates.reduce((worst, verdict) => (isSlower(verdict, worst) ? verdict : worst));
  return { result: 'rate_limited', rates, subject: slowest.subject, retryAfterMs: slowest.retryAfterMs };
}

export function toConcurrencyRefusal(
  slot: AdmitRequest['concurrency'][number],
  charged: readonly ChargedRate[],
): AdmitAnswer {
  return { result: 'concurrency_limited', subject: slot.subject, max: slot.max, rates: toVerdicts(charged, false) };
}

export function toCreditRefusal(creditNanoUsd: bigint, charged: readonly ChargedRate[]): AdmitAnswer {
  return { result: 'no_credit', creditNanoUsd, rates: toVerdicts(charged, false) };
}

/** `charged` with the request's cost already in each backlog. */
export function toAdmitted(creditNanoUsd: bigint, charged: readonly ChargedRate[]): AdmitAnswer {
  return { result: 'admitted', creditNanoUsd, rates: toVerdicts(charged, true) };
}

function toVerdicts(charged: readonly ChargedRate[], isTaken: boolean): RateVerdict[] {
  return charged.map((rate) => toVerdict(rate, isTaken));
}

function isSlower(verdict: RateVerdict, than: RateVerdict): boolean {
  if (than.retryAfterMs === null) return false;
  return verdict.retryAfterMs === null || verdict.retryAfterMs > than.retryAfterMs;
}
