import type { Rates, Usage } from '@aggregator/contracts';
import { selectTier } from '@aggregator/pricing';

const cached = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;

/**
 * Returns what a provider's prompt cache saved in a charge: the cost of the same tokens as plain input, less what they cost. Below
 * zero if more was written than read. Null if the cache was not used. Nano-USD, rounded down.
 */
export function cacheSavingOf(used: Usage, rates: Rates): bigint | null {
  const tier = selectTier(used, rates);
  const plain = BigInt(tier.inputUncached ?? '0');
  const counted = cached.filter((component) => (used[component] ?? 0) > 0);
  if (counted.length === 0) return null;
  const picoUsd = counted.reduce(
    (sum, component) => sum + BigInt(used[component] ?? 0) * (plain - BigInt(tier[component] ?? '0')),
    0n,
  );
  return picoUsd >= 0n ? picoUsd / 1000n : -((-picoUsd + 999n) / 1000n);
}
