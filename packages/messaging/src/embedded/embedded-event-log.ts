import { withDeadline } from '@aggregator/service-kit';
import type { Pool } from 'pg';
import { closeQuietly } from '../close-quietly.ts';
import type { ConsumeOptions, EventConsumer, EventLog, EventRecord, PartitionPosition } from '../port.ts';
import { appendRecords } from './append-records.ts';
import { type ConnectionOptions, createPool } from './connections.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import { readPositions } from './read-positions.ts';
import { ensureGroup, ensureTables, ensureTopic } from './schema.ts';

export interface EmbeddedEventLogOptions {
  /** PostgreSQL; the log keeps to a schema `event_log` in it, which it makes itself. */
  databaseUrl: string;
  /** Of a topic that is new; 1…256, 4 by default. */
  partitions?: number;
  publishDeadlineMs: number;
  /** Longest time until a consumer sees what another process has published; 50 by default. */
  pollIntervalMs?: number;
  /** Most connections for publishing, 4 by default; each consumer has one more. */
  poolMax?: number;
  /** Age from which records that every group has passed are deleted; 7 days by default. */
  retentionMs?: number;
}

/** Topics are named by code, so there are few; more would be a defect. */
const topicsMax = 1_000;
const partitionsMax = 256;
const retentionMsByDefault = 7 * 24 * 60 * 60_000;

/** The event log in a PostgreSQL database: the same promises as Kafka's, for one machine. */
export function createEmbeddedEventLog(options: EmbeddedEventLogOptions): EventLog {
  return new EmbeddedEventLog(options);
}

class EmbeddedEventLog implements EventLog {
  readonly #options: Required<EmbeddedEventLogOptions>;
  readonly #connection: ConnectionOptions;
  readonly #pool: Pool;
  readonly #consumers = new Map<EmbeddedConsumer, string>();
  /** Partitions of each topic in use. */
  readonly #topics = new Map<string, number>();
  #hasTables = false;
  #isClosed = false;

  constructor(options: EmbeddedEventLogOptions) {
    this.#options = {
      ...options,
      partitions: options.partitions ?? 4,
      pollIntervalMs: options.pollIntervalMs ?? 50,
      poolMax: options.poolMax ?? 4,
      retentionMs: options.retentionMs ?? retentionMsByDefault,
    };
    const { databaseUrl, publishDeadlineMs, partitions, poolMax } = this.#options;
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > partitionsMax) {
      throw new RangeError(`partitions: 1…${partitionsMax}`);
    }
    this.#connection = { databaseUrl, deadlineMs: publishDeadlineMs };
    this.#pool = createPool(this.#connection, poolMax);
  }

  async publish(topic: string, records: readonly EventRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#withinDeadline(`publishing to ${topic}`, async () => {
      const partitions = await this.#openTopic(topic);
      await appendRecords(this.#pool, topic, partitions, records);
    });
    for (const [consumer, consumed] of this.#consumers) if (consumed === topic) consumer.wake();
  }

  async consume(options: ConsumeOptions): Promise<EventConsumer> {
    await this.#withinDeadline(`subscribing to ${options.topic}`, async () => {
      await this.#openTopic(options.topic);
      await ensureGroup(this.#pool, options.group, options.topic);
    });
    if (this.#isClosed) throw new Error('the event log is closed');
    const consumer = new EmbeddedConsumer({
      ...options,
      connection: this.#connection,
      pollIntervalMs: this.#options.pollIntervalMs,
      retentionMs: this.#options.retentionMs,
      publish: (topic, records) => this.publish(topic, records),
    });
    this.#consumers.set(consumer, options.topic);
    return { close: () => this.#closeConsumer(consumer) };
  }

  readPositions(topic: string, group: string): Promise<readonly PartitionPosition[]> {
    return this.#withinDeadline(`reading positions of ${group}`, async () => {
      await this.#openTopic(topic);
      return readPositions(this.#pool, topic, group);
    });
  }

  async checkHealth(): Promise<void> {
    await this.#withinDeadline('the check of the event log', async () => {
      await this.#openTables();
      await this.#pool.query('SELECT FROM event_log.partitions LIMIT 1');
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#consumers.keys()].map((consumer) => this.#closeConsumer(consumer)));
    await closeQuietly({ close: () => this.#pool.end() });
  }

  async #closeConsumer(consumer: EmbeddedConsumer): Promise<void> {
    await consumer.close();
    this.#consumers.delete(consumer);
  }

  async #openTables(): Promise<void> {
    if (this.#hasTables) return;
    await ensureTables(this.#pool);
    this.#hasTables = true;
  }

  async #openTopic(topic: string): Promise<number> {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    if (this.#topics.size >= topicsMax) throw new RangeError(`more than ${topicsMax} topics`);
    await this.#openTables();
    const partitions = await ensureTopic(this.#pool, topic, this.#options.partitions);
    this.#topics.set(topic, partitions);
    return partitions;
  }

  #withinDeadline<T>(what: string, work: () => Promise<T>): Promise<T> {
    return withDeadline(work(), this.#options.publishDeadlineMs, what);
  }
}
