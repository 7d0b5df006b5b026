/** A header of a day, sent by mistake, must not cost a day. */
const toldMsMax = 3_600_000;
/** As many as one request makes of the target by itself: only more than these are worth a rest. */
const untoldMin = 3;
const untoldMsMin = 1000;
const untoldMsMax = 15_000;

/**
 * The rest that a target asks for with a 429, for as long as it says. If it says nothing, from the third in a row
 * on: a second, then twice as long each time, up to 15 s. Times are monotonic milliseconds.
 */
export class Rest {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.NEGATIVE_INFINITY;
  #untoldInRow = 0;

  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  begin(nowMs: number, retryAfterMs: number | null): void {
    const restMs = retryAfterMs === null ? this.#untoldMs() : Math.min(retryAfterMs, toldMsMax);
    if (restMs === 0 || nowMs + restMs <= this.#untilMs) return;
    this.#sinceMs = nowMs;
    this.#untilMs = nowMs + restMs;
  }

  /** A whole answer to what began then; one that began before the rest says nothing of it. */
  end(beganMs: number): void {
    this.#untoldInRow = 0;
    if (beganMs >= this.#sinceMs) this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  #untoldMs(): number {
    this.#untoldInRow += 1;
    if (this.#untoldInRow < untoldMin) return 0;
    return Math.min(untoldMsMin * 2 ** (this.#untoldInRow - untoldMin), untoldMsMax);
  }
}
