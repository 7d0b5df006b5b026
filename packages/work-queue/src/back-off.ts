export interface BackOff {
  firstMs: number;
  longestMs: number;
  /** What a pause is multiplied by for the next one; 2 if absent. */
  factor?: number;
}

/** Returns the pause after so many failed attempts (1…): it grows from `firstMs` to `longestMs`. */
export function pauseAfter(attempts: number, { firstMs, longestMs, factor = 2 }: BackOff): number {
  return Math.min(longestMs, firstMs * factor ** Math.min(attempts - 1, 30));
}
