import type { Consumer, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { DeliverPolicy } from '@nats-io/jetstream';
import { PartitionReader } from '../members/partition-reader.ts';
import type { Turns } from '../members/turns.ts';
import { Pause } from '../pause.ts';
import type { ConsumedRecord, ConsumeOptions, EventLog } from '../port.ts';
import { keyHeader } from './nats-publisher.ts';
import type { Positions } from './positions.ts';
import { streamOf } from './streams.ts';

export interface PartitionReadingOptions {
  manager: JetStreamManager;
  positions: Positions;
  memberId: string;
  partition: number;
  consume: ConsumeOptions;
  publish: EventLog['publish'];
  turns: Turns;
  /** Is called once when the reading cannot continue. */
  onEnd(reason: unknown): void;
}

const fetchMs = 2_000;
const roomPollMs = 1_000;

/** One member's reading of one partition: it holds the claim, and renews it. */
export class PartitionReading {
  readonly #options: PartitionReadingOptions;
  readonly #reader: PartitionReader;
  readonly #room = new Pause();
  #revision: number;
  #position: bigint;
  #writtenMs = performance.now();
  /** Writes follow each other, since each names the one before it. */
  #writing: Promise<void> = Promise.resolve();
  #uncommitted = 0;
  #isClosed = false;

  /** @param revision of the record by which this member claimed the partition. */
  constructor(options: PartitionReadingOptions, position: bigint, revision: number) {
    const { consume, publish, turns } = options;
    this.#options = options;
    this.#position = position;
    this.#revision = revision;
    this.#reader = new PartitionReader({
      ...{ consume, publish, turns },
      commit: async (nextOffset, entries) => {
        this.#position = nextOffset;
        await this.#write(options.memberId);
        this.#uncommitted -= entries;
        this.#room.wake();
      },
    });
    this.#reader.run().catch(options.onEnd);
    this.#fetch().catch((error) => {
      if (!this.#isClosed) options.onEnd(error);
    });
  }

  get isBusy(): boolean {
    return this.#reader.isBusy;
  }

  /** Renews the claim if it was not written for `ageMs`. Rejects if another member has taken it. */
  async renew(ageMs: number): Promise<void> {
    if (performance.now() - this.#writtenMs >= ageMs) await this.#write(this.#options.memberId);
  }

  /** Finishes the batch in hand and gives the claim back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#room.close();
    await this.#reader.stop();
    await this.#write(null);
  }

  #write(owner: string | null): Promise<void> {
    const writing = this.#writing.then(async () => {
      const { positions, partition } = this.#options;
      const record = { owner, position: this.#position.toString() };
      const revision = await positions.replace(partition, record, this.#revision);
      if (revision === null) throw new Error('another member has taken the partition');
      this.#revision = revision;
      this.#writtenMs = performance.now();
    });
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  async #fetch(): Promise<void> {
    const { manager, partition, consume } = this.#options;
    const consumer: Consumer = await manager.jetstream().consumers.get(streamOf(consume.topic, partition), {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Number(this.#position),
    });
    while (!this.#isClosed) {
      while (this.#uncommitted >= consume.batchMax && !this.#isClosed) await this.#room.wait(roomPollMs);
      if (this.#isClosed) return;
      const messages = await consumer.fetch({ max_messages: consume.batchMax, expires: fetchMs });
      for await (const message of messages) {
        if (this.#isClosed) return;
        this.#uncommitted += 1;
        this.#reader.push({ offset: BigInt(message.seq), record: toConsumedRecord(consume.topic, partition, message) });
      }
    }
  }
}

function toConsumedRecord(topic: string, partition: number, message: JsMsg): ConsumedRecord {
  const key = decodeURIComponent(message.headers?.get(keyHeader) ?? '');
  return { topic, partition, offset: message.seq.toString(), key, value: message.string() };
}
