import type { TargetMeasures } from '@aggregator/resilience';

/** What a sort by measurement looks at. */
export type Measured = 'latency' | 'throughput';

type Speed = Pick<TargetMeasures, 'latencyMs' | 'tokensPerSecond' | 'errorShare'>;

/** A short answer's beginning: a target that starts at once and then is slow is not fast. */
const firstTokens = 50;
/** Of what always fails; it keeps the score finite. */
const wholeShareMin = 0.1;
/** A target up to this much above the best counts as equal to it. */
const nearRatio = 1.15;
/** From here on the share is nothing; between the two it falls evenly, so that no small change moves much. */
const farRatio = 1.5;

/**
 * What a target costs in time; the lower the better. Latency: milliseconds until the first 50 tokens are there, over
 * the square of the share of answers that are whole. Throughput: milliseconds for each token, likewise. Published in
 * `docs/routing.md`.
 */
export function scoreOf({ latencyMs, tokensPerSecond, errorShare }: Speed, measured: Measured): number {
  const wholeShare = Math.max(wholeShareMin, 1 - errorShare);
  const tokenMs = tokensPerSecond === null ? null : 1000 / tokensPerSecond;
  const timeMs = measured === 'throughput' ? (tokenMs ?? latencyMs) : latencyMs + firstTokens * (tokenMs ?? 0);
  return timeMs / wholeShare ** 2;
}

/**
 * 0…1: how much of its weight a score keeps beside the best one. A soft edge replaces the memory that hysteresis
 * would need: proxies that know nothing of each other share traffic alike, and it never swings over as a whole.
 */
export function nearnessOf(score: number, best: number): number {
  if (score <= best * nearRatio) return 1;
  return Math.max(0, (farRatio - score / best) / (farRatio - nearRatio));
}
