import { type BackOff, pauseAfter } from '@aggregator/resilience';
import type { Clock, WorkQueue } from '../port.ts';
import { systemClock } from '../time/system-clock.ts';
import { TokenBucket } from '../time/token-bucket.ts';

/** Counters of an operator; all optional. */
export interface QueueHooks {
  onAdd?(): void;
  /** A key that failed will be tried again. */
  onRetry?(): void;
  onRun?(result: 'success' | 'error', durationMs: number): void;
  /** The queue is full, and a key was not taken. */
  onDropped?(key: string): void;
}

export interface RunOutcome {
  /** To look again later, though all is well. */
  readonly requeueAfterMs?: number;
}

export interface WorkQueueOptions extends QueueHooks {
  readonly workers: number;
  /** Brings the key's world in order. The signal aborts after `runMsMax`, and when the queue closes. */
  run(key: string, signal: AbortSignal): Promise<RunOutcome | undefined> | Promise<void>;
  onError(key: string, error: unknown): void;
  readonly keysMax: number;
  readonly runMsMax?: number;
  /** Starts of runs, over all keys. */
  readonly runsPerSecond?: number;
  readonly runsBurst?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

interface Key {
  isRunning: boolean;
  /** Added while it ran. */
  isDirty: boolean;
  failures: number;
  /** Not before this, after a failure: what fails and changes itself at once must not spin. */
  notBeforeMs: number;
  /** When it becomes due by itself, and how to prevent that. */
  dueAtMs: number;
  cancel: (() => void) | undefined;
}

const backOff: BackOff = { firstMs: 1000, longestMs: 300_000 };
const jitterMax = 0.2;
const runMsDefault = 120_000;

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new Queue(options);
}

class Queue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #bucket: TokenBucket;
  /** Every key that is due, running, waiting or failing; forgotten once it has succeeded and nothing is left to do. */
  readonly #keys = new Map<string, Key>();
  readonly #due = new Set<string>();
  readonly #runs = new Map<string, { startedAtMs: number; end: Promise<void> }>();
  readonly #stop = new AbortController();
  #cancelWake: (() => void) | undefined;
  #willStart = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#bucket = new TokenBucket({
      perSecond: options.runsPerSecond ?? 50,
      burst: options.runsBurst ?? 200,
      nowMs: this.#clock.nowMs(),
    });
  }

  get depth(): number {
    return this.#due.size;
  }

  get longestRunMs(): number {
    const nowMs = this.#clock.nowMs();
    return Math.max(0, ...[...this.#runs.values()].map(({ startedAtMs }) => nowMs - startedAtMs));
  }

  add(name: string): void {
    const key = this.#keyOf(name);
    if (key === undefined) return;
    this.#options.onAdd?.();
    if (key.isRunning) {
      key.isDirty = true;
      return;
    }
    const waitMs = key.notBeforeMs - this.#clock.nowMs();
    if (waitMs > 0) this.#wait(name, key, waitMs);
    else this.#makeDue(name, key);
  }

  addAfter(name: string, delayMs: number): void {
    const key = this.#keyOf(name);
    if (key === undefined || this.#due.has(name)) return;
    this.#wait(name, key, Math.max(delayMs, key.notBeforeMs - this.#clock.nowMs()));
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the queue has been closed'));
    this.#cancelWake?.();
    for (const key of this.#keys.values()) key.cancel?.();
    this.#due.clear();
    this.#keys.clear();
    await Promise.all([...this.#runs.values()].map(({ end }) => end));
  }

  #keyOf(name: string): Key | undefined {
    if (this.#stop.signal.aborted) return undefined;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#keys.size >= this.#options.keysMax) {
      this.#options.onDropped?.(name);
      return undefined;
    }
    const key: Key = {
      isRunning: false,
      isDirty: false,
      failures: 0,
      notBeforeMs: Number.NEGATIVE_INFINITY,
      dueAtMs: Number.POSITIVE_INFINITY,
      cancel: undefined,
    };
    this.#keys.set(name, key);
    return key;
  }

  /** Due after `delayMs`, unless it will be sooner anyway. */
  #wait(name: string, key: Key, delayMs: number): void {
    const dueAtMs = this.#clock.nowMs() + Math.max(0, delayMs);
    if (key.dueAtMs <= dueAtMs) return;
    key.cancel?.();
    key.dueAtMs = dueAtMs;
    key.cancel = this.#clock.after(Math.max(0, delayMs), () => {
      this.#stopWaiting(key);
      if (key.isRunning) key.isDirty = true;
      else this.#makeDue(name, key);
    });
  }

  #stopWaiting(key: Key): void {
    key.cancel?.();
    key.cancel = undefined;
    key.dueAtMs = Number.POSITIVE_INFINITY;
  }

  #makeDue(name: string, key: Key): void {
    this.#stopWaiting(key);
    this.#due.add(name);
    this.#startSoon();
  }

  /** Not within the caller's `add`: what is added twice in a row runs once. */
  #startSoon(): void {
    if (this.#willStart) return;
    this.#willStart = true;
    queueMicrotask(() => {
      this.#willStart = false;
      this.#startRuns();
    });
  }

  #startRuns(): void {
    for (const name of this.#due) {
      if (this.#runs.size >= this.#options.workers) return;
      if (!this.#bucket.take(this.#clock.nowMs())) {
        this.#wakeLater();
        return;
      }
      const key = this.#keys.get(name);
      this.#due.delete(name);
      if (key !== undefined) this.#startRun(name, key);
    }
  }

  #wakeLater(): void {
    this.#cancelWake?.();
    const waitMs = Math.max(1, this.#bucket.waitMs(this.#clock.nowMs()));
    this.#cancelWake = this.#clock.after(waitMs, () => this.#startRuns());
  }

  #startRun(name: string, key: Key): void {
    key.isRunning = true;
    const startedAtMs = this.#clock.nowMs();
    const end = this.#run(name, key, startedAtMs);
    this.#runs.set(name, { startedAtMs, end });
  }

  async #run(name: string, key: Key, startedAtMs: number): Promise<void> {
    const late = new AbortController();
    const runMsMax = this.#options.runMsMax ?? runMsDefault;
    const cancel = this.#clock.after(runMsMax, () => late.abort(new Error(`${name} took more than ${runMsMax} ms`)));
    let requeueAfterMs: number | undefined;
    let failure: { error: unknown } | undefined;
    try {
      const outcome = await this.#options.run(name, AbortSignal.any([late.signal, this.#stop.signal]));
      if (typeof outcome === 'object') requeueAfterMs = outcome.requeueAfterMs;
    } catch (error) {
      failure = { error };
    }
    cancel();
    this.#runs.delete(name);
    key.isRunning = false;
    if (this.#stop.signal.aborted) return;
    this.#options.onRun?.(failure === undefined ? 'success' : 'error', this.#clock.nowMs() - startedAtMs);
    if (failure === undefined) this.#settle(name, key, requeueAfterMs);
    else this.#retry(name, key, failure.error);
    this.#startRuns();
  }

  #settle(name: string, key: Key, requeueAfterMs: number | undefined): void {
    key.failures = 0;
    key.notBeforeMs = Number.NEGATIVE_INFINITY;
    if (key.isDirty) {
      key.isDirty = false;
      this.#makeDue(name, key);
    } else if (requeueAfterMs !== undefined) this.#wait(name, key, requeueAfterMs);
    else if (key.cancel === undefined) this.#keys.delete(name);
  }

  #retry(name: string, key: Key, error: unknown): void {
    this.#options.onError(name, error);
    this.#options.onRetry?.();
    key.failures += 1;
    key.notBeforeMs = this.#clock.nowMs() + backOff.firstMs;
    const delayMs = key.isDirty
      ? backOff.firstMs
      : pauseAfter(key.failures, backOff) * (1 + jitterMax * this.#random());
    key.isDirty = false;
    this.#wait(name, key, delayMs);
  }
}
