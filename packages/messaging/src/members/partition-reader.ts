import { deliverUntilHandled } from '../deliver-batch.ts';
import { Pause } from '../pause.ts';
import type { ConsumedRecord, ConsumeOptions, EventLog } from '../port.ts';
import type { Turns } from './turns.ts';

/** One place of a partition. */
export interface Entry {
  offset: bigint;
  /** Null for what the adapter itself wrote: no handler gets it. */
  record: ConsumedRecord | null;
}

export interface PartitionReaderOptions {
  consume: ConsumeOptions;
  publish: EventLog['publish'];
  /** Shared by the partitions of a member: it handles one batch at a time. */
  turns: Turns;
  /** Resolves when the group's position is durable. `entries`: how many were taken from the buffer. */
  commit(nextOffset: bigint, entries: number): Promise<void>;
}

/** Records that arrive one after the other are one batch if no pause between them is longer. */
const gapMsMax = 20;
const gatherMsMax = 100;
const idleMs = 1_000;

/**
 * Takes the records of one partition through `handle`, in batches, and commits after each. The buffer is bounded by who
 * pushes: the adapter asks its server for no more than a few batches that are not committed.
 */
export class PartitionReader {
  readonly #options: PartitionReaderOptions;
  readonly #entries: Entry[] = [];
  readonly #arrival = new Pause();
  readonly #backOff = new Pause();
  #inHand: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#inHand !== undefined;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#arrival.wake();
  }

  /** Resolves after `stop`. Rejects if a position could not be committed. */
  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#gather();
      await this.#options.turns.take(async () => {
        if (this.#isStopping || this.#entries.length === 0) return;
        const handling = this.#handleNext();
        this.#inHand = handling.catch(() => undefined);
        await handling.finally(() => {
          this.#inHand = undefined;
        });
      });
    }
  }

  /** Resolves when the batch in hand, if any, is handled and committed, or given up in its back-off. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#arrival.close();
    this.#backOff.close();
    await this.#inHand;
  }

  /** Waits for an entry, and then for those that follow it closely. */
  async #gather(): Promise<void> {
    while (this.#entries.length === 0 && !this.#isStopping) await this.#arrival.wait(idleMs);
    const endMs = performance.now() + gatherMsMax;
    let seen = 0;
    while (this.#isIncomplete(seen) && performance.now() < endMs) {
      seen = this.#entries.length;
      await this.#arrival.wait(gapMsMax);
    }
  }

  /** Still grows, and is smaller than a batch. What the adapter itself wrote need not wait. */
  #isIncomplete(seen: number): boolean {
    const { length } = this.#entries;
    if (this.#isStopping || length === seen || length >= this.#options.consume.batchMax) return false;
    return this.#entries.some(({ record }) => record !== null);
  }

  async #handleNext(): Promise<void> {
    const { consume, publish, commit } = this.#options;
    const entries = this.#entries.splice(0, consume.batchMax);
    const records = entries.flatMap(({ record }) => (record === null ? [] : [record]));
    const mayRetry = () => !this.#isStopping;
    const isHandled =
      records.length === 0 || (await deliverUntilHandled(consume, records, publish, this.#backOff, mayRetry));
    const last = entries.at(-1);
    if (isHandled && last !== undefined) await commit(last.offset + 1n, entries.length);
  }
}
