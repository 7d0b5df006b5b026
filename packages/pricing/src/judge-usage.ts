import type { UsageRecorded } from '@aggregator/contracts';
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
  | 'unstorable_text';

export type UsageJudgement =
  | { result: 'chargeable'; amountNanoUsd: bigint }
  | { result: 'refused'; reason: RefusalReason };

/** A million dollars for one request is a fault of the sender. */
const chargeNanoUsdMax = 1_000_000_000_000_000n;
/** Far beyond any request, and small enough that the sums of an hour stay within 64 bits. */
const unitsMax = 10 ** 12;
const latencyMsMax = 10 ** 10;
const timeMinMs = Date.UTC(2020, 0, 1);
const timeMaxMs = Date.UTC(2200, 0, 1);

/**
 * What an event of usage charges, computed again from the usage and the price that it carries. An amount that does not come
 * out the same is refused rather than corrected: one of the two sides is wrong, and a person must see which. Refused too is
 * what a database cannot store. The ledger and the statistics both judge by this function alone, so that statistics show
 * exactly what was charged.
 */
export function judgeUsage(event: UsageRecorded): UsageJudgement {
  const unstorable = findUnstorable(event);
  if (unstorable !== null) return refuse(unstorable);
  const claimed = parseNanoUsd(event.amountNanoUsd);
  if (event.outcome === 'void') {
    return claimed === 0n ? { result: 'chargeable', amountNanoUsd: 0n } : refuse('void_with_amount');
  }
  let amountNanoUsd: bigint;
  try {
    amountNanoUsd = priceUsage(event.usage, event.price.rates);
  } catch {
    return refuse('unpriced_usage');
  }
  if (amountNanoUsd !== claimed) return refuse('amount_mismatch');
  return amountNanoUsd > chargeNanoUsdMax ? refuse('amount_out_of_bounds') : { result: 'chargeable', amountNanoUsd };
}

/** An attempt that cost nothing and was not the end: another attempt of the same request may still be charged. */
export function isOpenEnd(end: { amountNanoUsd: bigint; outcome: string }): boolean {
  return end.amountNanoUsd === 0n && (end.outcome === 'void' || end.outcome === 'failed');
}

function findUnstorable(event: UsageRecorded): RefusalReason | null {
  if (!isStorable(event.eventId, event.provider, event.model, event.price.version, event.spool.id)) {
    return 'unstorable_text';
  }
  // A false report of the provider is no reason to refuse: the customer is charged by the bound.
  const counters = Object.values(event.usage);
  if (counters.some((units) => units !== undefined && units > unitsMax)) return 'usage_out_of_bounds';
  if (event.latencyMs > latencyMsMax) return 'latency_out_of_bounds';
  const time = Date.parse(event.time);
  return time >= timeMinMs && time < timeMaxMs ? null : 'time_out_of_bounds';
}

/** PostgreSQL keeps neither NUL nor half of a surrogate pair. */
function isStorable(...texts: readonly string[]): boolean {
  return texts.every((text) => !text.includes('\u0000') && text.isWellFormed());
}

function refuse(reason: RefusalReason): UsageJudgement {
  return { result: 'refused', reason };
}
