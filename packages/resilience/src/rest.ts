import { pauseAfter } from './pause-after.ts';

/** A header of a day, sent by mistake, must not cost a day. */
const askedMsMax = 3_600_000;
/** As many as one request makes of the target by itself: only more than these are worth a rest. */
const ownRestMin = 3;
const ownRestMsMin = 1000;
const ownRestMsMax = 15_000;

/**
 * The rest that a target asks for with a 429, for as long as it says. If it says nothing, from the third in a row
 * on: a second, then twice as long each time, up to 15 s. Times are monotonic milliseconds.
 */
export class Rest {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.NEGATIVE_INFINITY;
  #silentInRow = 0;

  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  begin(nowMs: number, retryAfterMs: number | null): void {
    const restMs = retryAfterMs === null ? this.#ownRestMs() : Math.min(retryAfterMs, askedMsMax);
    if (restMs === 0 || nowMs + restMs <= this.#untilMs) return;
    this.#sinceMs = nowMs;
    this.#untilMs = nowMs + restMs;
  }

  /** A whole answer to what began then; one that began before the rest says nothing of it. */
  end(beganMs: number): void {
    this.#silentInRow = 0;
    if (beganMs >= this.#sinceMs) this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  #ownRestMs(): number {
    this.#silentInRow += 1;
    if (this.#silentInRow < ownRestMin) return 0;
    return pauseAfter(this.#silentInRow - ownRestMin + 1, { firstMs: ownRestMsMin, longestMs: ownRestMsMax });
  }
}
