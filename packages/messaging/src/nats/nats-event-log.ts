import { randomUUID } from 'node:crypto';
import { SupervisedConsumers } from '../members/supervised-consumers.ts';
import type { ConsumeOptions, EventConsumer, EventLog, EventRecord, PartitionPosition } from '../port.ts';
import type { NatsConnectionOptions } from './connect.ts';
import { NatsGroupMember } from './group-member.ts';
import { NatsPublisher } from './nats-publisher.ts';
import { Positions } from './positions.ts';
import { ensurePositions, ensureTopic, type StreamOptions, streamOf } from './streams.ts';

export interface NatsEventLogOptions {
  /** `nats://` or `tls://`, at least one. */
  servers: readonly string[];
  clientId: string;
  publishDeadlineMs: number;
  /** Of every topic; 4 by default. With another number a key changes its partition. */
  partitions?: number;
  /** Of streams that are new; 1 by default. */
  replicas?: number;
  /** Type of a topic's records, in a header of each; the topic's own name where it is not given. */
  types?: Readonly<Record<string, string>>;
}

/** The event log in JetStream: a stream for each partition of a topic. */
export function createNatsEventLog(options: NatsEventLogOptions): EventLog {
  return new NatsEventLog(options);
}

class NatsEventLog implements EventLog {
  readonly #connection: NatsConnectionOptions;
  readonly #streams: StreamOptions;
  readonly #publisher: NatsPublisher;
  readonly #consumers = new SupervisedConsumers();

  constructor(options: NatsEventLogOptions) {
    const { servers, clientId, publishDeadlineMs, partitions = 4, replicas = 1, types = {} } = options;
    this.#connection = { servers, name: clientId, deadlineMs: publishDeadlineMs };
    this.#streams = { partitions, replicas };
    this.#publisher = new NatsPublisher(this.#connection, this.#streams, types);
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    if (records.length > 0) await this.#publisher.publish(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<EventConsumer> {
    await this.#publisher.ensureTopic(options.topic);
    const publish: EventLog['publish'] = (topic, records) => this.publish(topic, records);
    const parts = { connection: this.#connection, streams: this.#streams, consume: options, publish };
    const memberOptions = { ...parts, memberId: randomUUID() };
    return await this.#consumers.open(() => new NatsGroupMember(memberOptions), options.onError);
  }

  readPositions(topic: string, group: string): Promise<readonly PartitionPosition[]> {
    return this.#publisher.withManager(`reading positions of ${group}`, async (manager) => {
      await ensureTopic(manager, topic, this.#streams);
      await ensurePositions(manager, this.#streams);
      const positions = new Positions(manager, topic, group);
      const partitions = Array.from({ length: this.#streams.partitions }, (_, partition) => partition);
      const states = await Promise.all(
        partitions.map(async (partition) => (await manager.streams.info(streamOf(topic, partition))).state),
      );
      return Promise.all(
        states.map(async ({ first_seq, last_seq }, partition) => {
          const stored = await positions.read(partition);
          // A group that has read nothing begins at the oldest record. The first sequence is 1.
          const oldest = BigInt(Math.max(first_seq, 1));
          const position = BigInt(stored?.position ?? 0);
          return { partition, position: position > oldest ? position : oldest, end: BigInt(last_seq) + 1n };
        }),
      );
    });
  }

  checkHealth(): Promise<void> {
    return this.#publisher.check();
  }

  async close(): Promise<void> {
    if (await this.#consumers.close()) await this.#publisher.close();
  }
}
