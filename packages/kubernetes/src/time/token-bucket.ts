/** So many at once, and so many a second after that. Time is given from outside. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(options: { perSecond: number; burst: number; nowMs: number }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#tokens = options.burst;
    this.#filledAtMs = options.nowMs;
  }

  /** Takes one if that leaves at least `reserve`, which may be negative: a debt that later ones wait for. */
  take(nowMs: number, reserve = 0): boolean {
    this.#fill(nowMs);
    if (this.#tokens - 1 < reserve) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Until `take` would succeed; 0 when it would now. */
  waitMs(nowMs: number, reserve = 0): number {
    this.#fill(nowMs);
    return Math.max(0, Math.ceil(((1 + reserve - this.#tokens) / this.#perSecond) * 1000));
  }

  #fill(nowMs: number): void {
    const gained = (Math.max(0, nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
  }
}
