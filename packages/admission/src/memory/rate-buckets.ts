import { backlogMicrosMax } from '../gcra.ts';

/**
 * Buckets by name, as the time each is used up until. Idle ones are dropped a few at a time while others are used, so no
 * call pays for a full sweep. At `bucketsMax` the oldest is forgotten, which gives its owner a fresh burst.
 */
export class RateBuckets {
  readonly #usedUntil = new Map<string, number>();
  readonly #bucketsMax: number;
  #sweeper = this.#usedUntil.entries();

  constructor(bucketsMax: number) {
    this.#bucketsMax = bucketsMax;
  }

  get size(): number {
    return this.#usedUntil.size;
  }

  readBacklog(name: string, nowMicros: number): number {
    const usedUntil = this.#usedUntil.get(name);
    return usedUntil === undefined ? 0 : Math.max(0, usedUntil - nowMicros);
  }

  /** Adds to the backlog, or takes away where `micros` is negative. */
  add(name: string, nowMicros: number, micros: number): void {
    const backlog = Math.min(this.readBacklog(name, nowMicros) + micros, backlogMicrosMax);
    if (backlog <= 0) {
      this.#usedUntil.delete(name);
      return;
    }
    this.#usedUntil.set(name, nowMicros + backlog);
    if (this.#usedUntil.size > this.#bucketsMax) this.#dropOldest();
  }

  /** Looks at the next `count` buckets and drops those that are full again. */
  sweep(nowMicros: number, count: number): void {
    for (let step = 0; step < count; step += 1) {
      const next = this.#sweeper.next();
      if (next.done) {
        this.#sweeper = this.#usedUntil.entries();
        return;
      }
      if (next.value[1] <= nowMicros) this.#usedUntil.delete(next.value[0]);
    }
  }

  #dropOldest(): void {
    for (const name of this.#usedUntil.keys()) {
      this.#usedUntil.delete(name);
      return;
    }
  }
}
