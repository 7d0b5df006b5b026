/** Milliseconds; the first pause, and the longest one. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Doubles with each failure up to the longest; `failures` counts from 1. */
export function doubledMs({ firstMs, mostMs }: BackOff, failures: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
}

/** Anywhere from nothing to the doubled pause, so that those who failed together do not come back together. */
export function fullJitterMs(backOff: BackOff, failures: number, random: () => number): number {
  return random() * doubledMs(backOff, failures);
}
