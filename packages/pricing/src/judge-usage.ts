import {
  type AttemptSummary,
  type Price,
  requestCostNanoUsdMax,
  toCorrectionId,
  type Usage,
  type UsageCorrected,
  type UsageRecorded,
} from '@aggregator/contracts';
import { parseNanoUsd } from './amounts.ts';
import { priceUsage } from './price-usage.ts';

export type RefusalReason =
  | 'amount_mismatch'
  | 'void_with_amount'
  | 'unpriced_usage'
  | 'amount_out_of_bounds'
  | 'usage_out_of_bounds'
  | 'latency_out_of_bounds'
  | 'time_out_of_bounds'
  | 'unstorable_text'
  | 'wrong_event_id';

export type UsageJudgement =
  | { result: 'chargeable'; amountNanoUsd: bigint }
  | { result: 'refused'; reason: RefusalReason };

/** Far beyond any request, and small enough that the sums of an hour stay within 64 bits. */
const unitsMax = 10 ** 12;
const latencyMsMax = 10 ** 10;
const timeMinMs = Date.UTC(2020, 0, 1);
const timeMaxMs = Date.UTC(2200, 0, 1);

/**
 * What an event of usage charges, computed again from the usage and the price that it carries. An amount that does not
 * come out the same is refused rather than corrected: one of the two sides is wrong, and a person must see which.
 * Refused too is what a database cannot store. The ledger and the statistics both judge by this function alone, so that
 * statistics show exactly what was charged.
 */
export function judgeUsage(event: UsageRecorded): UsageJudgement {
  const unstorable = findUnstorable(event);
  if (unstorable !== null) return refuse(unstorable);
  const claimed = parseNanoUsd(event.amountNanoUsd);
  if (event.outcome === 'void') {
    return claimed === 0n ? { result: 'chargeable', amountNanoUsd: 0n } : refuse('void_with_amount');
  }
  return judgeAmount(event.usage, event.price, claimed);
}

/** Nano-USD. `differenceNanoUsd` above zero is owed, below zero is given back. */
export type CorrectionJudgement =
  | { result: 'postable'; settledNanoUsd: bigint; actualNanoUsd: bigint; differenceNanoUsd: bigint }
  | { result: 'refused'; reason: RefusalReason };

/** The same for a correction: both of its amounts must be the price of their usage. */
export function judgeCorrection(event: UsageCorrected): CorrectionJudgement {
  const unstorable = findUnstorableIn(event);
  if (unstorable !== null) return { result: 'refused', reason: unstorable };
  if (event.eventId !== toCorrectionId(event.requestId)) return { result: 'refused', reason: 'wrong_event_id' };
  const settled = judgeAmount(event.settled.usage, event.price, parseNanoUsd(event.settled.amountNanoUsd));
  if (settled.result === 'refused') return settled;
  const actual = judgeAmount(event.actual.usage, event.price, parseNanoUsd(event.actual.amountNanoUsd));
  if (actual.result === 'refused') return actual;
  return {
    result: 'postable',
    settledNanoUsd: settled.amountNanoUsd,
    actualNanoUsd: actual.amountNanoUsd,
    differenceNanoUsd: actual.amountNanoUsd - settled.amountNanoUsd,
  };
}

/** An attempt that cost nothing and was not the end: another attempt of the same request may still be charged. */
export function isOpenEnd(end: { amountNanoUsd: bigint; outcome: string }): boolean {
  return end.amountNanoUsd === 0n && (end.outcome === 'void' || end.outcome === 'failed');
}

function judgeAmount(usage: Usage, { rates }: Price, claimed: bigint): UsageJudgement {
  let amountNanoUsd: bigint;
  try {
    amountNanoUsd = priceUsage(usage, rates);
  } catch {
    return refuse('unpriced_usage');
  }
  if (amountNanoUsd !== claimed) return refuse('amount_mismatch');
  return amountNanoUsd > requestCostNanoUsdMax
    ? refuse('amount_out_of_bounds')
    : { result: 'chargeable', amountNanoUsd };
}

function findUnstorable(event: UsageRecorded): RefusalReason | null {
  if (!isStorable(event.eventId, event.provider, event.model, event.price.version, event.spool.id)) {
    return 'unstorable_text';
  }
  // A false report of the provider is no reason to refuse: the customer is charged by the bound.
  if (!isCountable(event.usage)) return 'usage_out_of_bounds';
  if (event.attempts.some(({ spent }) => spent !== undefined && !isSpendable(spent))) return 'usage_out_of_bounds';
  if (event.latencyMs > latencyMsMax) return 'latency_out_of_bounds';
  return isStorableTime(event.time) ? null : 'time_out_of_bounds';
}

function findUnstorableIn(event: UsageCorrected): RefusalReason | null {
  if (!isStorable(event.eventId, event.provider, event.model, event.price.version)) return 'unstorable_text';
  if (!isCountable(event.settled.usage) || !isCountable(event.actual.usage)) return 'usage_out_of_bounds';
  return isStorableTime(event.time) && isStorableTime(event.settled.time) ? null : 'time_out_of_bounds';
}

function isCountable(usage: Usage): boolean {
  return Object.values(usage).every((units) => units === undefined || units <= unitsMax);
}

function isSpendable({ usage, costNanoUsd }: NonNullable<AttemptSummary['spent']>): boolean {
  const cost = parseNanoUsd(costNanoUsd);
  return isCountable(usage) && cost >= 0n && cost <= requestCostNanoUsdMax;
}

function isStorableTime(text: string): boolean {
  const time = Date.parse(text);
  return time >= timeMinMs && time < timeMaxMs;
}

/** PostgreSQL keeps neither NUL nor half of a surrogate pair. */
function isStorable(...texts: readonly string[]): boolean {
  return texts.every((text) => !text.includes('\u0000') && text.isWellFormed());
}

function refuse(reason: RefusalReason): { result: 'refused'; reason: RefusalReason } {
  return { result: 'refused', reason };
}
