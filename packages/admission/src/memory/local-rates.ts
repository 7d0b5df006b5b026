import { checkRate } from '../bounds.ts';
import { isAllowed, toMicros, toVerdict } from '../gcra.ts';
import type { RateLimit, RateVerdict } from '../port.ts';
import { RateBuckets } from './rate-buckets.ts';

const bucketsMaxDefault = 200_000;

/** Limits of rate that one process counts alone: no call waits, and what was taken in advance can be given back. */
export class LocalRates {
  readonly #now: () => number;
  readonly #buckets: RateBuckets;

  /** `now` is a monotonic clock in milliseconds. */
  constructor({ now = () => performance.now(), bucketsMax = bucketsMaxDefault } = {}) {
    this.#now = now;
    this.#buckets = new RateBuckets(bucketsMax);
  }

  /** Takes the cost if there is room for it. Throws RangeError for numbers that no limit can be computed with. */
  take(limit: RateLimit): RateVerdict {
    checkRate(limit);
    const now = this.#readClock();
    this.#buckets.sweep(now, 2);
    const micros = toMicros(limit.cost, limit.ratePerMinute);
    const charged = {
      limit,
      micros,
      backlogMicros: this.#buckets.readBacklog(limit.subject, now, limit.ratePerMinute),
    };
    if (!isAllowed(charged)) return toVerdict(charged, false);
    this.#buckets.add(limit.subject, now, micros, limit.ratePerMinute);
    return toVerdict({ ...charged, backlogMicros: charged.backlogMicros + micros }, true);
  }

  /** Gives back a cost that was taken. */
  giveBack(limit: RateLimit): void {
    this.#buckets.correct(limit.subject, this.#readClock(), limit, 0);
  }

  #readClock(): number {
    return Math.floor(this.#now() * 1000);
  }
}
