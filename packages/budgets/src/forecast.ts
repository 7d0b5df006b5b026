import type { PeriodWindow } from './period.ts';

/** Less of a period says nothing about the rest of it. */
const leastShare = 100n;

/**
 * Returns what will be spent by the end of the period if spending continues as it did, in nano-USD; null without an
 * end, and in the first hundredth of the period.
 */
export function forecastSpending(
  { startsMs, endsMs }: PeriodWindow,
  spentNanoUsd: bigint,
  nowMs: number,
): bigint | null {
  if (startsMs === null || endsMs === null) return null;
  const elapsed = BigInt(Math.max(0, Math.floor(nowMs - startsMs)));
  const whole = BigInt(endsMs - startsMs);
  if (elapsed * leastShare < whole) return null;
  return elapsed >= whole ? spentNanoUsd : (spentNanoUsd * whole) / elapsed;
}
