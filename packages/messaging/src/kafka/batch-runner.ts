import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { deliverUntilHandled } from '../deliver-batch.ts';
import { Pause } from '../pause.ts';
import type { ConsumedRecord, ConsumeOptions, EventLog } from '../port.ts';
import { Heartbeat } from './heartbeat.ts';

/** What of the library's batch is used here. */
export type FetchedBatch = Pick<EachBatchPayload, 'heartbeat' | 'commitOffsetsIfNecessary' | 'resolveOffset'> & {
  batch: Pick<EachBatchPayload['batch'], 'topic' | 'partition' | 'messages'>;
};

/** Takes what the library has fetched through `handle`, in portions, committing after each. */
export class BatchRunner {
  readonly #options: ConsumeOptions;
  readonly #publish: EventLog['publish'];
  readonly #heartbeatIntervalMs: number;
  readonly #backOff = new Pause();
  #inHand: Promise<unknown> | undefined;
  #isStopping = false;
  /** After a failure, batches that were fetched before it are dropped: they may belong to another member by now. */
  #isDropping = false;

  constructor(options: ConsumeOptions, publish: EventLog['publish'], heartbeatIntervalMs: number) {
    this.#options = options;
    this.#publish = publish;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
  }

  get isBusy(): boolean {
    return this.#inHand !== undefined;
  }

  /** What is dropped, or left when it stops, is not resolved: it is fetched again, from the committed position. */
  async run(fetched: FetchedBatch): Promise<void> {
    if (this.#isStopping || this.#isDropping) return;
    const running = this.#runPortions(fetched);
    this.#inHand = running.catch(() => undefined);
    try {
      await running;
    } catch (error) {
      this.#isDropping = true;
      throw error;
    } finally {
      this.#inHand = undefined;
    }
  }

  /** A new fetch begins: what comes from now on is this member's. */
  acceptAgain(): void {
    this.#isDropping = false;
  }

  /** Resolves when the portion in hand, if any, is handled and committed, or given up in its back-off. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#backOff.close();
    await this.#inHand;
  }

  async #runPortions({ batch, heartbeat: beat, commitOffsetsIfNecessary, resolveOffset }: FetchedBatch): Promise<void> {
    const { topic, partition, messages } = batch;
    const heartbeat = new Heartbeat(beat, this.#heartbeatIntervalMs);
    try {
      for (let start = 0; start < messages.length; start += this.#options.batchMax) {
        const portion = messages.slice(start, start + this.#options.batchMax);
        const records = portion.map((message) => toConsumedRecord(topic, partition, message));
        if (!(await this.#deliver(records, heartbeat))) return;
        const lastOffset = portion.at(-1)?.offset ?? '';
        const offset = (BigInt(lastOffset) + 1n).toString();
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
        resolveOffset(lastOffset);
        if (this.#isStopping) return;
        heartbeat.throwIfLost();
      }
    } finally {
      heartbeat.stop();
    }
  }

  /** Returns false if it was stopped before the batch was handled. */
  #deliver(records: readonly ConsumedRecord[], heartbeat: Heartbeat): Promise<boolean> {
    return deliverUntilHandled(this.#options, records, this.#publish, this.#backOff, () => {
      if (this.#isStopping) return false;
      heartbeat.throwIfLost();
      return true;
    });
  }
}

function toConsumedRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? '',
    value: message.value?.toString() ?? '',
  };
}
