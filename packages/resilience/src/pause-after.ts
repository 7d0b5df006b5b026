/** Milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Factor from a pause to the next one; 2 if absent. */
  readonly factor?: number;
}

/** Far above what any pause can reach: the power stays finite. */
const stepsMax = 30;

/** Returns the pause after so many failures in a row (1…): it grows from `firstMs` to `longestMs`. */
export function pauseAfter(failures: number, { firstMs, longestMs, factor = 2 }: BackOff): number {
  return Math.min(longestMs, firstMs * factor ** Math.min(failures - 1, stepsMax));
}

/** Returns from half of the pause to all of it, so that callers that failed together do not return together. */
export function jitteredPauseAfter(failures: number, backOff: BackOff, random: () => number): number {
  return pauseAfter(failures, backOff) * (0.5 + random() / 2);
}
