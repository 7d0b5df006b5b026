/** Answers that one proxy reads to their end after their clients left. */
const drainsMax = 32;
/** The same for one key or user, so that one caller does not take all of them. */
const ownerDrainsMax = 4;

export interface DrainOwner {
  /** Key or user that pays. */
  readonly id: string;
  /** Requests that it may have open at once; null for no limit. A drain takes one of them, so half stay free. */
  readonly concurrentRequests: number | null;
}

/**
 * Room for calls that go on after their client left, so that the provider's own usage is charged. Each has a bounded time;
 * their number is bounded per owner and in total.
 */
export class Drains {
  readonly #drainMs: number;
  readonly #owners = new Map<string, number>();
  #count = 0;

  /** `drainMs`: longest time of one drain; 0 for none at all. */
  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns how to end the drain, which calls `onOver` if it lasts too long; null if there is no room. */
  enter({ id, concurrentRequests }: DrainOwner, onOver: () => void): (() => void) | null {
    const own = this.#owners.get(id) ?? 0;
    const ownMax = Math.min(ownerDrainsMax, Math.floor((concurrentRequests ?? Number.POSITIVE_INFINITY) / 2));
    if (this.#drainMs === 0 || this.#count >= drainsMax || own >= ownMax) return null;
    this.#count += 1;
    this.#owners.set(id, own + 1);
    const timer = setTimeout(onOver, this.#drainMs);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.#count -= 1;
      const left = (this.#owners.get(id) ?? 1) - 1;
      if (left === 0) this.#owners.delete(id);
      else this.#owners.set(id, left);
    };
  }
}
