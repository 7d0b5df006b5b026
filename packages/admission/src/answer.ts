import { type ChargedRate, isAllowed, toVerdict } from './gcra.ts';
import type { AdmitAnswer, AdmitRequest, RateVerdict, TakenRates } from './port.ts';

/** Returns the rejection by a rate, or null. It names the subject with the longest wait: no client retries too early. */
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

export function toBudgetRefusal(lacking: readonly string[], charged: readonly ChargedRate[]): AdmitAnswer {
  return { result: 'no_budget', lacking, rates: toVerdicts(charged, false) };
}

export function toCreditRefusal(creditNanoUsd: bigint, charged: readonly ChargedRate[]): AdmitAnswer {
  return { result: 'no_credit', creditNanoUsd, rates: toVerdicts(charged, false) };
}

/** `charged` without its costs; null if there is room for all of them. */
export function toRefusedRates(charged: readonly ChargedRate[]): TakenRates | null {
  const refusal = toRateRefusal(charged);
  if (refusal?.result !== 'rate_limited') return null;
  const { rates, subject, retryAfterMs } = refusal;
  return { isTaken: false, rates, subject, retryAfterMs };
}

/** `charged` with the costs already in each backlog. */
export function toTakenRates(charged: readonly ChargedRate[]): TakenRates {
  return { isTaken: true, rates: toVerdicts(charged, true) };
}

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
