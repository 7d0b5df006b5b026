import { DeadlineError, withDeadline } from '@aggregator/service-kit';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';
import { partitionOf } from '../partition-of.ts';
import type { EventRecord } from '../port.ts';
import { connect, type RabbitMqConnectionOptions } from './connect.ts';
import type { Topology } from './topology.ts';

/** One life of the connection by which records are sent. */
interface Sender {
  connection: ChannelModel;
  channel: ConfirmChannel;
  /** Topics that were declared by this connection. */
  topics: Map<string, Promise<void>>;
  /** Set once the broker has returned a record: a stream is missing. */
  returned: Error | undefined;
}

/** Topics are named by code, so there are few; more would be a defect. */
const topicsMax = 1_000;

/** Sends records and waits until the broker has confirmed each. Does not retry: a retry could overtake a later record. */
export class RabbitMqPublisher {
  readonly #options: RabbitMqConnectionOptions;
  readonly #topology: Topology;
  #sender: Promise<Sender> | undefined;
  #isClosed = false;

  constructor(options: RabbitMqConnectionOptions, topology: Topology) {
    this.#options = options;
    this.#topology = topology;
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    await this.#withSender(`publishing to ${topic}`, async (sender) => {
      await this.#ensureTopic(sender, topic);
      await this.#send(sender, topic, records);
      if (sender.returned !== undefined) throw sender.returned;
    });
  }

  /** Makes the topic if it does not exist. */
  async ensureTopic(topic: string): Promise<void> {
    await this.#withSender(`opening ${topic}`, (sender) => this.#ensureTopic(sender, topic));
  }

  /** Rejects if the broker does not answer within the deadline. */
  async check(): Promise<void> {
    await this.#withSender('the check of the event log', async ({ channel }) => {
      await channel.checkExchange('amq.topic');
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const sender = this.#sender;
    this.#sender = undefined;
    await sender?.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
  }

  async #withSender(what: string, work: (sender: Sender) => Promise<void>): Promise<void> {
    if (this.#isClosed) throw new Error('the event log is closed');
    const sender = this.#open();
    try {
      await withDeadline(sender.then(work), this.#options.deadlineMs, what);
    } catch (error) {
      // A connection whose other end fell silent is noticed late, and one that misses a stream declares it again.
      const isReturned = await sender.then(
        ({ returned }) => returned !== undefined,
        () => true,
      );
      if (error instanceof DeadlineError || isReturned) this.#discard(sender);
      throw error;
    }
  }

  #ensureTopic({ channel, topics }: Sender, topic: string): Promise<void> {
    const known = topics.get(topic);
    if (known !== undefined) return known;
    if (topics.size >= topicsMax) throw new RangeError(`more than ${topicsMax} topics`);
    const declared = this.#topology.declareTopic(channel, topic);
    topics.set(topic, declared);
    declared.catch(() => topics.delete(topic));
    return declared;
  }

  async #send({ channel }: Sender, topic: string, records: readonly EventRecord[]): Promise<void> {
    const { partitions } = this.#topology;
    const type = this.#topology.typeOf(topic);
    await Promise.all(
      records.map(({ key, value }) => {
        const routingKey = this.#topology.routingKey(topic, partitionOf(key, partitions));
        return new Promise<void>((resolve, reject) => {
          channel.publish(
            topic,
            routingKey,
            Buffer.from(value),
            { persistent: true, mandatory: true, contentType: 'application/json', type, headers: { key } },
            (error: unknown) => (error === null || error === undefined ? resolve() : reject(error)),
          );
        });
      }),
    );
  }

  #open(): Promise<Sender> {
    if (this.#sender !== undefined) return this.#sender;
    const opening = this.#connect(() => this.#forget(opening));
    this.#sender = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  async #connect(onLost: () => void): Promise<Sender> {
    const connection = await connect(this.#options, onLost);
    const channel = await connection.createConfirmChannel().catch(async (error) => {
      await closeQuietly(connection);
      throw error;
    });
    const sender: Sender = { connection, channel, topics: new Map(), returned: undefined };
    channel.on('error', () => undefined);
    // A refused declaration closes the channel alone; another attempt opens a new connection.
    channel.on('close', () => {
      onLost();
      closeQuietly(connection);
    });
    channel.on('return', () => {
      sender.returned = new Error('the broker has no stream for a record');
    });
    return sender;
  }

  #discard(sender: Promise<Sender>): void {
    this.#forget(sender);
    sender.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
  }

  #forget(sender: Promise<Sender>): void {
    if (this.#sender === sender) this.#sender = undefined;
  }
}
