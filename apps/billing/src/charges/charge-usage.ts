import type { UsageRecorded } from '@aggregator/contracts';
import { parseNanoUsd, priceUsage } from '@aggregator/pricing';

export type RefusalReason = 'amount_mismatch' | 'void_with_amount' | 'unpriced_usage' | 'amount_out_of_bounds';

export type ChargeDecision =
  | { result: 'chargeable'; amountNanoUsd: bigint }
  | { result: 'refused'; reason: RefusalReason };

/** A million dollars for one request is a fault of whoever computed it. */
const chargeNanoUsdMax = 1_000_000_000_000_000n;

/**
 * What an event of usage charges, computed again from the usage and the price that it carries. An amount that does not come
 * out the same is refused rather than corrected: one of the two sides is wrong, and a person must see which.
 */
export function chargeUsage(event: UsageRecorded): ChargeDecision {
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

function refuse(reason: RefusalReason): ChargeDecision {
  return { result: 'refused', reason };
}
