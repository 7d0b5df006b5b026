import type { Price, Usage, UsageRecorded } from '@aggregator/contracts';
import { parseNanoUsd } from './amounts.ts';
import { priceUsage } from './price-usage.ts';

/**
 * What the provider charges us for a request, in nano-USD: the charged attempt at its cost price, and what failed
 * attempts used. An answer from the cache costs nothing. A report beyond the bounds of the request is not part of it:
 * that is disputed.
 */
export function costRequest(event: Pick<UsageRecorded, 'usage' | 'price' | 'outcome' | 'cache' | 'attempts'>): bigint {
  const { attempts, cache, outcome, price, usage } = event;
  const spent = attempts.reduce((sum, { spent: one }) => sum + (one ? parseNanoUsd(one.costNanoUsd) : 0n), 0n);
  return cache === 'hit' || outcome === 'void' ? spent : spent + costUsage(usage, price);
}

/**
 * What the provider charges us for a usage, in nano-USD. A counter without an own cost costs what the customer pays.
 */
export function costUsage(usage: Usage, { cost, rates }: Price): bigint {
  if (cost === undefined) return priceUsage(usage, rates);
  try {
    return priceUsage(usage, cost.rates);
  } catch {
    return priceUsage(usage, rates);
  }
}
