/**
 * Calls that continue after their client left, so that the provider's own usage is charged. Each has a bounded time. Their number
 * has no separate bound: a drain is a request that keeps its place in the room, its connection and its slot among the
 * concurrent requests of its key until it is settled, and each of these has a bound and a share for each caller.
 */
export class Drains {
  readonly #drainMs: number;
  #count = 0;

  /** `drainMs`: longest time of one drain; 0 for none at all. */
  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns how to end the drain, which calls `onOver` if it lasts too long; null if there are none. */
  enter(onOver: () => void): (() => void) | null {
    if (this.#drainMs === 0) return null;
    this.#count += 1;
    const timer = setTimeout(onOver, this.#drainMs);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.#count -= 1;
    };
  }
}
