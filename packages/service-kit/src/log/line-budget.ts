/**
 * Bounds lines that a client can cause without a credential: at most `linesMax` in a second. The first line of a later second
 * is preceded by the number of lines that were left out.
 */
export class LineBudget {
  readonly #linesMax: number;
  readonly #now: () => number;
  #second = 0;
  #written = 0;
  #leftOut = 0;

  /** @param now A monotonic clock, in milliseconds. */
  constructor(linesMax: number, now: () => number) {
    this.#linesMax = linesMax;
    this.#now = now;
  }

  /** Returns null if the line must be left out; else how many were left out before it. */
  take(): { leftOut: number } | null {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) [this.#second, this.#written] = [second, 0];
    if (this.#written >= this.#linesMax) {
      this.#leftOut++;
      return null;
    }
    this.#written++;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return { leftOut };
  }
}
