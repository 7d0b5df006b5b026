import { type Clock, KubernetesError } from '../port.ts';
import { TokenBucket } from '../time/token-bucket.ts';

interface Waiter {
  readonly isHigh: boolean;
  enter(): void;
}

const waitersMax = 2000;
/** Kept for leases and statuses, however many lists hang. */
export const slotsForHigh = 2;

/**
 * Our own bound on what we ask of the API server: calls a second, and calls at once (each holds a connection). Those of
 * high priority go first, have two places of their own, and may run the rate into debt by one burst.
 */
export class CallGate {
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  readonly #slots: number;
  readonly #debt: number;
  readonly #high = new Set<Waiter>();
  readonly #normal = new Set<Waiter>();
  #inFlight = 0;
  #cancelWake: (() => void) | undefined;

  constructor(options: { perSecond: number; burst: number; inFlightMax: number; clock: Clock }) {
    this.#clock = options.clock;
    this.#slots = options.inFlightMax;
    this.#debt = -options.burst;
    this.#bucket = new TokenBucket({ ...options, nowMs: options.clock.nowMs() });
  }

  /** Resolves with how to leave; rejects when the signal aborts first, or when too many wait already. */
  enter(isHigh: boolean, signal: AbortSignal): Promise<() => void> {
    const waiting = isHigh ? this.#high : this.#normal;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (waiting.size >= waitersMax) {
      return Promise.reject(new KubernetesError(0, 'Overloaded', `more than ${waitersMax} calls are waiting`));
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        isHigh,
        enter: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(this.#leaveOnce());
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(waiter);
      this.#admit();
    });
  }

  #leaveOnce(): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#inFlight -= 1;
      this.#admit();
    };
  }

  #admit(): void {
    for (const waiting of [this.#high, this.#normal]) {
      for (const waiter of waiting) {
        if (!this.#hasRoom(waiter)) break;
        waiting.delete(waiter);
        this.#inFlight += 1;
        waiter.enter();
      }
    }
    this.#wakeLater();
  }

  #hasRoom({ isHigh }: Waiter): boolean {
    if (!this.#hasSlot(isHigh)) return false;
    return this.#bucket.take(this.#clock.nowMs(), isHigh ? this.#debt : 0);
  }

  #hasSlot(isHigh: boolean): boolean {
    return this.#inFlight < this.#slots + (isHigh ? slotsForHigh : 0);
  }

  /** If only the rate makes calls wait, no call that ends wakes them: a timer does. */
  #wakeLater(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    const isHigh = this.#high.size > 0;
    if ((!isHigh && this.#normal.size === 0) || !this.#hasSlot(isHigh)) return;
    const waitMs = this.#bucket.waitMs(this.#clock.nowMs(), isHigh ? this.#debt : 0);
    this.#cancelWake = this.#clock.after(Math.max(1, waitMs), () => this.#admit());
  }
}
