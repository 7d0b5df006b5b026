import { withDeadline } from '@aggregator/service-kit';
import { SupervisedConsumers } from '../members/supervised-consumers.ts';
import type { ConsumeOptions, EventConsumer, EventLog, EventRecord, PartitionPosition } from '../port.ts';
import { createKafka } from './connect.ts';
import { type CreateKafka, GroupMember } from './group-member.ts';
import { KafkaPublisher } from './kafka-publisher.ts';
import { KafkaTopics } from './kafka-topics.ts';
import { type KafkaSecurity, toSecurityConfig } from './security.ts';

export interface KafkaEventLogOptions {
  /** `host:port`, at least one. */
  brokers: readonly string[];
  clientId: string;
  publishDeadlineMs: number;
  /** Plaintext without identity where it is not given. */
  security?: KafkaSecurity;
  /** Of a topic that is new; 4 by default. */
  partitions?: number;
  /** Of a topic that is new; the cluster's own default if it is not given. */
  replicationFactor?: number;
}

const consumerRequestTimeoutMs = 10_000;

/** The event log in Kafka. Topics are made at their first use. */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  return new KafkaEventLog(options);
}

class KafkaEventLog implements EventLog {
  readonly #options: KafkaEventLogOptions;
  readonly #security: ReturnType<typeof toSecurityConfig>;
  readonly #topics: KafkaTopics;
  readonly #publisher: KafkaPublisher;
  readonly #consumers = new SupervisedConsumers();

  constructor(options: KafkaEventLogOptions) {
    this.#options = options;
    const { brokers, clientId, publishDeadlineMs, partitions = 4, replicationFactor = -1 } = options;
    this.#security = toSecurityConfig(options.security ?? {});
    const kafka = createKafka({ brokers, clientId, security: this.#security, requestTimeoutMs: publishDeadlineMs });
    this.#topics = new KafkaTopics(kafka, { deadlineMs: publishDeadlineMs, partitions, replicationFactor });
    this.#publisher = new KafkaPublisher(kafka, publishDeadlineMs);
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    if (records.length === 0) return;
    const published = this.#topics.ensure(topic).then(() => this.#publisher.send(topic, records));
    await withDeadline(published, this.#options.publishDeadlineMs, `publishing to ${topic}`);
  }

  async consume(options: ConsumeOptions): Promise<EventConsumer> {
    await this.#topics.ensure(options.topic);
    const { brokers, clientId } = this.#options;
    const base = { brokers, clientId, security: this.#security, requestTimeoutMs: consumerRequestTimeoutMs };
    const connect: CreateKafka = (onConnectionError) => createKafka({ ...base, onConnectionError });
    const publish: EventLog['publish'] = (topic, records) => this.publish(topic, records);
    return await this.#consumers.open(() => new GroupMember(connect, options, publish), options.onError);
  }

  readPositions(topic: string, group: string): Promise<readonly PartitionPosition[]> {
    return this.#topics.readPositions(topic, group);
  }

  checkHealth(): Promise<void> {
    return this.#topics.check();
  }

  async close(): Promise<void> {
    if (await this.#consumers.close()) await this.#publisher.close();
  }
}
