/** How long a call may take. Moments are of the monotonic clock, `performance.now()`. */
export interface CallLimits {
  /** When the request must be over. */
  readonly deadlineMs: number;
  /** From the start to the first life; infinite where the deadline alone counts. */
  readonly firstLifeMs: number;
  /** Between two signs of life. */
  readonly idleMs: number;
  /** Bytes of a plain answer that are one sign of life, after its first byte. Default 1. */
  readonly lifeBytes?: number;
}

/**
 * The clocks of one call in one timer, which is never set for longer than the silence that is allowed between two signs of
 * life: so a sign of life costs a look at the clock and no timer, and the timers of most calls are of one length, which Node
 * keeps in one list. What it finds too early it waits for again.
 */
export class CallClock {
  readonly #limits: CallLimits;
  readonly #onExpiry: () => void;
  #silenceMs: number;
  #lastLifeMs = performance.now();
  #isHeld = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: CallLimits, onExpiry: () => void) {
    this.#limits = limits;
    this.#onExpiry = onExpiry;
    this.#silenceMs = limits.firstLifeMs;
    this.#arm();
  }

  /** Something for the client has come. */
  noteLife(): void {
    this.#lastLifeMs = performance.now();
    this.#silenceMs = this.#limits.idleMs;
  }

  /** From now on only so much silence. */
  expectWithin(silenceMs: number): void {
    this.#silenceMs = silenceMs;
    this.#lastLifeMs = performance.now();
    this.#arm();
  }

  /** While we do not read, a provider's silence is ours. The deadline keeps running. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#lastLifeMs = performance.now();
    this.#arm();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #check = (): void => {
    if (this.#readLeftMs() <= 0) this.#onExpiry();
    else this.#arm();
  };

  #arm(): void {
    this.stop();
    const leftMs = Math.min(this.#readLeftMs(), this.#limits.idleMs);
    this.#timer = setTimeout(this.#check, Math.max(1, Math.ceil(leftMs)));
  }

  #readLeftMs(): number {
    const expiryMs = this.#isHeld ? Number.POSITIVE_INFINITY : this.#lastLifeMs + this.#silenceMs;
    return Math.min(expiryMs, this.#limits.deadlineMs) - performance.now();
  }
}
