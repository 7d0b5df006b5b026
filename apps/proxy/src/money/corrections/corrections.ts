import { setTimeout as wait } from 'node:timers/promises';
import type { UsageCorrected } from '@aggregator/contracts';
import type { UsageRecordAnswer } from '@aggregator/providers';
import { pauseAfter } from '@aggregator/resilience';
import { chargeUsage, noCharge } from '../charge.ts';
import type { DispatchedRequest } from '../dispatched-request.ts';
import type { CorrectionFiles } from './correction-files.ts';
import { type PendingCorrection, toCorrection } from './pending-correction.ts';

/** Why an estimate stays as it is. */
export type GivenUp = 'no_record' | 'queue_full' | 'disk' | 'unreadable';

export interface CorrectionsOptions {
  files: CorrectionFiles;
  /** Asks the provider, for a few seconds. */
  findRecord(
    request: DispatchedRequest,
  ): Promise<Exclude<UsageRecordAnswer, { result: 'unsettled' }> | { result: 'none' } | { result: 'unknown' }>;
  publish(event: UsageCorrected): Promise<void>;
  /** True if the request has an intent without a settlement. */
  isOpen(requestId: string): boolean;
  /** Milliseconds of a monotonic clock. */
  monotonicNow(): number;
  /** Unix milliseconds. */
  now(): number;
  /** Null if the estimate was the truth. */
  onCorrected(pending: PendingCorrection, event: UsageCorrected | null): void;
  onGivenUp(requestId: string, reason: GivenUp, error?: unknown): void;
  /** The disk or the event log failed; it is tried again. */
  onError(error: unknown): void;
}

interface Entry {
  pending: PendingCorrection;
  tries: number;
  dueMs: number;
}

const entriesMax = 1000;
const entriesOfOrganizationMax = 100;
const workersMax = 4;
const firstPauseMs = 1000;
const pauseMsMax = 30 * 60_000;
/** With these pauses about five hours. */
const triesMax = 20;
const tickMs = 1000;

/**
 * Requests that were settled by an estimate although their provider keeps a record: it is asked again, at growing
 * intervals, and what it then says is published as a correction. Bounded in all and for each organisation; beyond a bound
 * the estimate stays, and that is reported.
 */
export class Corrections {
  readonly #options: CorrectionsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: CorrectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Time since the settlement of the request that waits for longest, over all processes. Milliseconds; 0 if none waits. */
  get oldestMs(): number {
    const nowMs = this.#options.now();
    let oldestMs = 0;
    for (const { pending } of this.#entries.values()) {
      oldestMs = Math.max(oldestMs, nowMs - Date.parse(pending.settled.time));
    }
    return oldestMs;
  }

  /** Takes over what an earlier process left. */
  async open(): Promise<void> {
    const { files, isOpen, onGivenUp } = this.#options;
    for (const pending of await files.readAll(entriesMax, (name, error) => onGivenUp(name, 'unreadable', error))) {
      const { requestId } = pending.request;
      if (isOpen(requestId)) {
        // The process died before the settlement was written: recovery settles the request, by the record if it can.
        await files.remove(requestId);
      } else this.#entries.set(requestId, { pending, tries: 0, dueMs: this.#options.monotonicNow() + firstPauseMs });
    }
  }

  /** Call it before the settlement is written, so that a crash in between loses no correction. Never rejects. */
  async add(request: DispatchedRequest, settled: PendingCorrection['settled']): Promise<void> {
    const { files, onGivenUp, monotonicNow } = this.#options;
    const { requestId, orgId } = request;
    if (this.#entries.size >= entriesMax || this.#countOf(orgId) >= entriesOfOrganizationMax) {
      onGivenUp(requestId, 'queue_full');
      return;
    }
    const pending: PendingCorrection = { request, settled, event: null };
    // It has its place before the disk has it, so that the bounds hold; it is due afterwards.
    const entry: Entry = { pending, tries: 0, dueMs: Number.POSITIVE_INFINITY };
    this.#entries.set(requestId, entry);
    try {
      await files.write(pending);
      entry.dueMs = monotonicNow() + firstPauseMs;
    } catch (error) {
      this.#entries.delete(requestId);
      onGivenUp(requestId, 'disk', error);
    }
  }

  /** Handles what is due until `signal` says to stop; the rest stays on disk for the next process. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.step(signal);
      await wait(tickMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Tries each that is due once, a few at the same time. */
  async step(signal?: AbortSignal): Promise<void> {
    if (this.#entries.size === 0) return;
    const nowMs = this.#options.monotonicNow();
    const due = [...this.#entries.values()].filter(({ dueMs }) => dueMs <= nowMs).values();
    const work = async () => {
      for (const entry of due) {
        if (signal?.aborted) return;
        await this.#try(entry);
      }
    };
    await Promise.all(Array.from({ length: workersMax }, work));
  }

  async #try(entry: Entry): Promise<void> {
    const { files, onCorrected, onError } = this.#options;
    const { requestId } = entry.pending.request;
    try {
      const isKnown = entry.pending.event !== null || (await this.#ask(entry));
      if (!isKnown) return;
      if (entry.pending.event !== null) await this.#options.publish(entry.pending.event);
      await files.remove(requestId);
      this.#entries.delete(requestId);
      onCorrected(entry.pending, entry.pending.event);
    } catch (error) {
      // The disk or the event log: what the provider said is kept, and tried again.
      this.#postpone(entry);
      onError(error);
    }
  }

  /** True if the provider has said what is true. */
  async #ask(entry: Entry): Promise<boolean> {
    const { files, findRecord, now } = this.#options;
    const { request } = entry.pending;
    const record = await findRecord(request);
    if (record.result === 'none' || record.result === 'unknown') {
      this.#postpone(entry);
      if (record.result === 'none' || entry.tries >= triesMax) await this.#giveUp(request.requestId);
      return false;
    }
    const truth = record.result === 'found' ? chargeUsage(record.usage, request) : noCharge;
    const event = toCorrection(entry.pending, truth, new Date(now()).toISOString());
    if (event === null) return true;
    const pending = { ...entry.pending, event };
    // Before it is published: a repeat after a crash must have the same body.
    await files.write(pending);
    entry.pending = pending;
    return true;
  }

  async #giveUp(requestId: string): Promise<void> {
    await this.#options.files.remove(requestId);
    this.#entries.delete(requestId);
    this.#options.onGivenUp(requestId, 'no_record');
  }

  #postpone(entry: Entry): void {
    entry.tries += 1;
    const pauseMs = pauseAfter(entry.tries, { firstMs: firstPauseMs, longestMs: pauseMsMax });
    entry.dueMs = this.#options.monotonicNow() + pauseMs;
  }

  #countOf(orgId: string): number {
    let count = 0;
    for (const { pending } of this.#entries.values()) if (pending.request.orgId === orgId) count += 1;
    return count;
  }
}
