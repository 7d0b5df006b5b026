import { SupervisedConsumers } from '../members/supervised-consumers.ts';
import type { ConsumeOptions, EventConsumer, EventLog, EventRecord, PartitionPosition } from '../port.ts';
import type { RabbitMqConnectionOptions } from './connect.ts';
import { RabbitMqGroupMember } from './group-member.ts';
import { RabbitMqPublisher } from './rabbitmq-publisher.ts';
import { readPositions } from './read-positions.ts';
import { Topology, type TopologyOptions } from './topology.ts';

export interface RabbitMqEventLogOptions extends Omit<TopologyOptions, 'partitions'> {
  /** `amqp://` or `amqps://`. */
  url: string;
  clientId: string;
  publishDeadlineMs: number;
  /** Of every topic; 4 by default. With another number a key changes its partition. */
  partitions?: number;
}

/**
 * The event log in streams of RabbitMQ 3.9 or later. A topic is an exchange, and a stream for each partition (and group,
 * where its groups have names of their own). A record has the routing key `<type>.<partition>`.
 */
export function createRabbitMqEventLog(options: RabbitMqEventLogOptions): EventLog {
  return new RabbitMqEventLog(options);
}

class RabbitMqEventLog implements EventLog {
  readonly #connection: RabbitMqConnectionOptions;
  readonly #topology: Topology;
  readonly #publisher: RabbitMqPublisher;
  readonly #consumers = new SupervisedConsumers();

  constructor({ url, clientId, publishDeadlineMs, partitions = 4, streams, types }: RabbitMqEventLogOptions) {
    this.#connection = { url, name: clientId, deadlineMs: publishDeadlineMs };
    this.#topology = new Topology({ partitions, streams, types });
    this.#publisher = new RabbitMqPublisher(this.#connection, this.#topology);
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    if (records.length > 0) await this.#publisher.publish(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<EventConsumer> {
    await this.#publisher.ensureTopic(options.topic);
    const publish: EventLog['publish'] = (topic, records) => this.publish(topic, records);
    const memberOptions = { connection: this.#connection, topology: this.#topology, consume: options, publish };
    return await this.#consumers.open(() => new RabbitMqGroupMember(memberOptions), options.onError);
  }

  readPositions(topic: string, group: string): Promise<readonly PartitionPosition[]> {
    return readPositions(this.#connection, this.#topology, topic, group);
  }

  checkHealth(): Promise<void> {
    return this.#publisher.check();
  }

  async close(): Promise<void> {
    if (await this.#consumers.close()) await this.#publisher.close();
  }
}
