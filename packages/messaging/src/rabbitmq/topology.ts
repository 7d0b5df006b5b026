import type { Channel } from 'amqplib';

export interface TopologyOptions {
  /** Of every topic. */
  partitions: number;
  /** Names of streams by topic and group. A topic in this list has one stream for each of its groups. */
  streams?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Type of a topic's records, the first word of their routing keys; the topic's own name where it is not given. */
  types?: Readonly<Record<string, string>>;
}

const maxAge = '14D';
const segmentBytes = 100_000_000;

/** The streams and queues of the topics and groups of the event log, and their names. */
export class Topology {
  readonly partitions: number;
  readonly #options: TopologyOptions;

  constructor(options: TopologyOptions) {
    this.partitions = options.partitions;
    this.#options = options;
  }

  typeOf(topic: string): string {
    return this.#options.types?.[topic] ?? topic;
  }

  /** A binding of `ai_usage.*` gets the records of every partition. */
  routingKey(topic: string, partition: number): string {
    return `${this.typeOf(topic)}.${partition}`;
  }

  /** The stream from which the group reads the partition; the first partition has the plain name. */
  streamOf(topic: string, group: string, partition: number): string {
    const named = this.#options.streams?.[topic];
    const name = named === undefined ? topic : named[group];
    if (name === undefined) throw new RangeError(`group ${group} has no stream of topic ${topic}`);
    return partitionName(name, partition);
  }

  /** The queue by which the members of a group agree who reads a partition, and how far it was read. */
  claimsOf(topic: string, group: string, partition: number): string {
    return `${this.streamOf(topic, group, partition)}.${group}.position`;
  }

  /** Makes exchange, streams and bindings of a topic where they are missing. Rejects if one exists in another form. */
  async declareTopic(channel: Channel, topic: string): Promise<void> {
    await channel.assertExchange(topic, 'topic', { durable: true });
    const streams = this.#options.streams?.[topic];
    const names = streams === undefined ? [topic] : [...new Set(Object.values(streams))];
    for (const name of names) {
      for (let partition = 0; partition < this.partitions; partition += 1) {
        const stream = partitionName(name, partition);
        await channel.assertQueue(stream, {
          durable: true,
          arguments: {
            'x-queue-type': 'stream',
            'x-max-age': maxAge,
            'x-stream-max-segment-size-bytes': segmentBytes,
          },
        });
        await channel.bindQueue(stream, topic, this.routingKey(topic, partition));
      }
    }
  }

  /** Makes the claims of a group where they are missing. */
  async declareGroup(channel: Channel, topic: string, group: string): Promise<void> {
    for (let partition = 0; partition < this.partitions; partition += 1) {
      await channel.assertQueue(this.claimsOf(topic, group, partition), {
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true, 'x-delivery-limit': 1_000_000_000 },
      });
    }
  }
}

function partitionName(name: string, partition: number): string {
  return partition === 0 ? name : `${name}.${partition}`;
}
