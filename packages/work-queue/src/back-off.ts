export interface BackOff {
  firstMs: number;
  longestMs: number;
}

/** Returns the pause after so many failed attempts (1…): it doubles from `firstMs` to `longestMs`. */
export function pauseAfter(attempts: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 30));
}
