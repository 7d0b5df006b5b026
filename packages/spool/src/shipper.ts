import { setTimeout as wait } from 'node:timers/promises';
import type { UsageRecorded } from '@aggregator/contracts';
import { jitteredPauseAfter } from '@aggregator/resilience';
import type { BatchReader } from './batch-reader.ts';
import type { Position } from './segment-files.ts';

export interface ShipperOptions {
  reader: BatchReader;
  from: Position;
  batchMax: number;
  ship(events: readonly UsageRecorded[], texts: readonly string[]): Promise<void>;
  /** Everything before `end` is acknowledged; `count` settlements of it are news. */
  onShipped(count: number, end: Position): Promise<void>;
  onError(error: unknown): void;
}

const gatherMs = 50;
const backOff = { firstMs: 50, longestMs: 5000 };
/** A shipment without an answer for so long has failed; sent again, it changes nothing. */
const shipDeadlineMs = 60_000;
/** How long stopping waits for the shipment that is under way. */
const stopDeadlineMs = 5000;

/** Sends batches in order, one at a time, each until it is acknowledged. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #position: Position;
  #hasWork = true;
  #isStopped = false;
  #resume: (() => void) | undefined;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#position = options.from;
    this.#done = this.#run();
  }

  /** There is something new to ship. */
  wake(): void {
    this.#hasWork = true;
    this.#resume?.();
  }

  /** Begins no other shipment, and waits a while for the one under way. A later acknowledgement of that one is ignored. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#resume?.();
    const waiting = new AbortController();
    const isLate = wait(stopDeadlineMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.#done, isLate]);
    waiting.abort();
    this.#isStopped = true;
    await this.#options.reader.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#shipNext();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#options.onError(error);
        await this.#pause(failures);
      }
    }
  }

  async #shipNext(): Promise<void> {
    this.#hasWork = false;
    const { events, texts, end, isAtEnd } = await this.#options.reader.read(this.#position, this.#options.batchMax);
    if (events.length > 0) {
      this.#hasWork = true;
      await this.#shipInTime(events, texts);
    }
    if (this.#isStopped) return;
    this.#position = end;
    this.#options.reader.forgetUntil(end);
    await this.#options.onShipped(events.length, end);
    if (!this.#hasWork) await this.#waitForWork();
    if (isAtEnd) await this.#gather();
  }

  /** Settlements in quick succession are shipped together: a shipment of many costs little more than one of a single event. */
  async #gather(): Promise<void> {
    await wait(gatherMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }

  async #shipInTime(events: readonly UsageRecorded[], texts: readonly string[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no acknowledgement within ${shipDeadlineMs} ms`)), shipDeadlineMs);
      timer.unref();
    });
    try {
      await Promise.race([this.#options.ship(events, texts), isLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #waitForWork(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.#resume = undefined;
  }

  async #pause(failures: number): Promise<void> {
    const options = { signal: this.#stop.signal, ref: false };
    await wait(jitteredPauseAfter(failures, backOff, Math.random), undefined, options).catch(() => undefined);
  }
}
