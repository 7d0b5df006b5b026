import { OutcomeWindow } from './outcome-window.ts';
import { pauseAfter } from './pause-after.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresInRowMax: number;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
}

/** `due`: open, but the next to begin is the probe. */
export type BreakerStanding = 'closed' | 'open' | 'due';

/** The pass that one attempt holds from its begin to its end. */
export interface BreakerPass {
  readonly generation: number;
  readonly beganMs: number;
  readonly isProbe: boolean;
}

/** Half of the last 20. */
const failuresOfWindowMax = 10;
/**
 * The pause before a probe: it grows with each that fails, up to this. A probe that has taken this long is no reason to
 * hold the next one back: its answer may be long and fine. At one request each 4 s, a target that recovers is thus
 * asked within 19 s.
 */
const probeGapMsMax = 15_000;
const probeGapMsMin = 5000;
/** Downward, since the longest gap is a promise; so that proxies do not probe all at once. */
const jitterMax = 0.2;

/**
 * Opens on failures in a row or on half of the last 20; is closed by one whole answer of an attempt that began since.
 * An attempt that began before the last opening or closing is out of date, and changes nothing. Times are monotonic
 * milliseconds.
 */
export class Breaker {
  readonly #failuresInRowMax: number;
  readonly #random: () => number;
  readonly #outcomes = new OutcomeWindow();
  #failuresInRow = 0;
  /** Grows with each opening and closing. */
  #generation = 0;
  #isOpen = false;
  #probesFailed = 0;
  #probe: BreakerPass | null = null;
  #probeDueMs = 0;

  constructor({ failuresInRowMax, random }: BreakerOptions) {
    this.#failuresInRowMax = failuresInRowMax;
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** 0…1 of the last 20 since it was last closed. */
  get failedShare(): number {
    return this.#outcomes.failedShare;
  }

  judge(nowMs: number): BreakerStanding {
    if (!this.#isOpen) return 'closed';
    return nowMs >= this.#probeDueMs ? 'due' : 'open';
  }

  begin(nowMs: number): BreakerPass {
    const isProbe = this.judge(nowMs) === 'due';
    const pass: BreakerPass = { generation: this.#generation, beganMs: nowMs, isProbe };
    if (isProbe) {
      this.#probe = pass;
      this.#probeDueMs = nowMs + probeGapMsMax;
    }
    return pass;
  }

  succeed({ generation }: BreakerPass): void {
    if (generation !== this.#generation) return;
    if (this.#isOpen) this.#close();
    this.#failuresInRow = 0;
    this.#outcomes.add(false);
  }

  fail(pass: BreakerPass, nowMs: number): void {
    if (pass.generation !== this.#generation) return;
    if (this.#isOpen) {
      this.#failProbe(pass, nowMs);
      return;
    }
    this.#failuresInRow += 1;
    this.#outcomes.add(true);
    if (this.#failuresInRow >= this.#failuresInRowMax || this.#outcomes.failures >= failuresOfWindowMax) {
      this.#open(nowMs);
    }
  }

  /** The attempt says nothing of the target: if it was the probe, the next to begin is the probe. */
  forget(pass: BreakerPass, nowMs: number): void {
    if (pass !== this.#probe) return;
    this.#probe = null;
    this.#probeDueMs = nowMs;
  }

  #open(nowMs: number): void {
    this.#isOpen = true;
    this.#generation += 1;
    this.#probesFailed = 0;
    this.#probeDueMs = nowMs + this.#gapMs();
  }

  #close(): void {
    this.#isOpen = false;
    this.#generation += 1;
    this.#probe = null;
    this.#outcomes.clear();
  }

  /** Failures of others than the probe do not put the next one off: they come as fast as requests do. */
  #failProbe(pass: BreakerPass, nowMs: number): void {
    if (pass !== this.#probe) return;
    this.#probe = null;
    this.#probesFailed += 1;
    this.#probeDueMs = Math.min(nowMs + this.#gapMs(), pass.beganMs + probeGapMsMax);
  }

  #gapMs(): number {
    const longestMs = pauseAfter(this.#probesFailed + 1, { firstMs: probeGapMsMin, longestMs: probeGapMsMax });
    return longestMs * (1 - jitterMax * this.#random());
  }
}
