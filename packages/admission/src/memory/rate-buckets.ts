import { backlogMicrosMax, toBacklogAt, toMicros } from '../gcra.ts';
import type { RateLimit } from '../port.ts';

interface Bucket {
  usedUntil: number;
  /** Units in a minute that the time counts in. */
  rate: number;
}

type Taken = Pick<RateLimit, 'cost' | 'ratePerMinute'>;

/**
 * Buckets by name, as the time each is used up until at the rate it has. Idle ones are dropped a few at a time while others are used, so no
 * call pays for a full sweep. At `bucketsMax` the oldest is forgotten, which gives its owner a fresh burst.
 */
export class RateBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #bucketsMax: number;
  #sweeper = this.#buckets.entries();

  constructor(bucketsMax: number) {
    this.#bucketsMax = bucketsMax;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The time that what is in the bucket takes at this rate. */
  readBacklog(name: string, nowMicros: number, ratePerMinute: number): number {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return 0;
    return toBacklogAt(ratePerMinute, Math.max(0, bucket.usedUntil - nowMicros), bucket.rate);
  }

  /** Adds to the backlog, or takes away where `micros` is negative; from now on the bucket has this rate. */
  add(name: string, nowMicros: number, micros: number, ratePerMinute: number): void {
    const backlog = Math.min(this.readBacklog(name, nowMicros, ratePerMinute) + micros, backlogMicrosMax);
    if (backlog <= 0) {
      this.#buckets.delete(name);
      return;
    }
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) {
      bucket.usedUntil = nowMicros + backlog;
      bucket.rate = ratePerMinute;
      return;
    }
    this.#buckets.set(name, { usedUntil: nowMicros + backlog, rate: ratePerMinute });
    if (this.#buckets.size > this.#bucketsMax) this.#dropOldest();
  }

  /** Books `units` in place of those that were taken at `ratePerMinute`. The bucket stays at the rate it has. */
  correct(name: string, nowMicros: number, { cost, ratePerMinute }: Taken, units: number): void {
    const bucket = this.#buckets.get(name);
    const rate = bucket !== undefined && bucket.usedUntil > nowMicros ? bucket.rate : ratePerMinute;
    this.add(name, nowMicros, toMicros(units, rate) - toMicros(cost, rate), rate);
  }

  /** Looks at the next `count` buckets and drops those that are full again. */
  sweep(nowMicros: number, count: number): void {
    for (let step = 0; step < count; step += 1) {
      const next = this.#sweeper.next();
      if (next.done) {
        this.#sweeper = this.#buckets.entries();
        return;
      }
      if (next.value[1].usedUntil <= nowMicros) this.#buckets.delete(next.value[0]);
    }
  }

  #dropOldest(): void {
    for (const name of this.#buckets.keys()) {
      this.#buckets.delete(name);
      return;
    }
  }
}
