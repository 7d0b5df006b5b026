import { DeadlineError, withDeadline } from '@aggregator/service-kit';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { closeQuietly } from '../close-quietly.ts';
import { partitionOf } from '../partition-of.ts';
import type { EventRecord } from '../port.ts';
import { connect, type NatsConnectionOptions } from './connect.ts';
import { ensureTopic, type StreamOptions, subjectOf } from './streams.ts';

/** One life of the connection by which records are sent. */
interface Sender {
  connection: NatsConnection;
  manager: JetStreamManager;
  topics: Map<string, Promise<void>>;
}

/** Holds the record's key, encoded: a header has no line breaks. */
export const keyHeader = 'Aggregator-Key';
const typeHeader = 'Aggregator-Type';
/** Topics are named by code, so there are few; more would be a defect. */
const topicsMax = 1_000;
/** Records that are sent before the first of them is confirmed. */
const inFlightMax = 500;

/** Sends records and waits until each is stored. Does not retry: a retry could overtake a later record. */
export class NatsPublisher {
  readonly #options: NatsConnectionOptions;
  readonly #streams: StreamOptions;
  readonly #types: Readonly<Record<string, string>>;
  #sender: Promise<Sender> | undefined;
  #isClosed = false;

  constructor(options: NatsConnectionOptions, streams: StreamOptions, types: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#streams = streams;
    this.#types = types;
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    await this.#withSender(`publishing to ${topic}`, async (sender) => {
      await this.#ensureTopic(sender, topic);
      for (let start = 0; start < records.length; start += inFlightMax) {
        await this.#send(sender, topic, records.slice(start, start + inFlightMax));
      }
    });
  }

  async ensureTopic(topic: string): Promise<void> {
    await this.#withSender(`opening ${topic}`, (sender) => this.#ensureTopic(sender, topic));
  }

  /** Rejects if JetStream does not answer within the deadline. */
  async check(): Promise<void> {
    await this.#withSender('the check of the event log', async ({ manager }) => {
      await manager.getAccountInfo();
    });
  }

  /** Runs `work` on the connection by which records are sent. A rejection after the deadline closes the connection. */
  withManager<T>(what: string, work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    return this.#withSender(what, ({ manager }) => work(manager));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const sender = this.#sender;
    this.#sender = undefined;
    await sender?.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
  }

  async #send({ manager }: Sender, topic: string, records: readonly EventRecord[]): Promise<void> {
    const client = manager.jetstream();
    const type = this.#types[topic] ?? topic;
    await Promise.all(
      records.map(({ key, value, id }) => {
        const recordHeaders = headers();
        recordHeaders.set(keyHeader, encodeURIComponent(key));
        recordHeaders.set(typeHeader, type);
        const subject = subjectOf(topic, partitionOf(key, this.#streams.partitions));
        const timeout = this.#options.deadlineMs;
        return client.publish(subject, value, { headers: recordHeaders, timeout, ...(id && { msgID: id }) });
      }),
    );
  }

  #ensureTopic({ manager, topics }: Sender, topic: string): Promise<void> {
    const known = topics.get(topic);
    if (known !== undefined) return known;
    if (topics.size >= topicsMax) throw new RangeError(`more than ${topicsMax} topics`);
    const ensured = ensureTopic(manager, topic, this.#streams);
    topics.set(topic, ensured);
    ensured.catch(() => topics.delete(topic));
    return ensured;
  }

  async #withSender<T>(what: string, work: (sender: Sender) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the event log is closed');
    const sender = this.#open();
    try {
      return await withDeadline(sender.then(work), this.#options.deadlineMs, what);
    } catch (error) {
      // A connection whose other end fell silent is noticed late: another one finds out.
      if (error instanceof DeadlineError) this.#discard(sender);
      throw error;
    }
  }

  #open(): Promise<Sender> {
    if (this.#sender !== undefined) return this.#sender;
    const opening = this.#connect();
    this.#sender = opening;
    opening.then(
      ({ connection }) => connection.closed().then(() => this.#forget(opening)),
      () => this.#forget(opening),
    );
    return opening;
  }

  async #connect(): Promise<Sender> {
    const connection = await connect(this.#options);
    const opening = jetstreamManager(connection, { timeout: this.#options.deadlineMs, checkAPI: false });
    const manager = await opening.catch(async (error) => {
      await closeQuietly(connection);
      throw error;
    });
    return { connection, manager, topics: new Map() };
  }

  #discard(sender: Promise<Sender>): void {
    this.#forget(sender);
    sender.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
  }

  #forget(sender: Promise<Sender>): void {
    if (this.#sender === sender) this.#sender = undefined;
  }
}
