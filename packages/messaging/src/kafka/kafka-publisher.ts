import { DeadlineError, withDeadline } from '@aggregator/service-kit';
import type { Producer, ProducerConfig } from 'kafkajs';
import type { EventRecord } from '../port.ts';
import { createRememberingPartitioner } from './remembering-partitioner.ts';
import { splitRecords } from './split-records.ts';

const requestBytesMax = 512 * 1024;

/** What of the library is used here. */
export type Sender = Pick<Producer, 'connect' | 'send' | 'disconnect'>;
export interface SenderSource {
  producer(config: ProducerConfig): Sender;
}

/**
 * Sends records with `acks=all`. The library neither retries (a retry could overtake a later record of the same key) nor
 * is "idempotent" (its sequence numbers can be used twice after an ambiguous failure): who publishes tries again, and
 * who consumes knows duplicates.
 */
export class KafkaPublisher {
  readonly #kafka: SenderSource;
  readonly #deadlineMs: number;
  #producer: Promise<Sender> | undefined;
  #isClosed = false;

  constructor(kafka: SenderSource, deadlineMs: number) {
    this.#kafka = kafka;
    this.#deadlineMs = deadlineMs;
  }

  async send(topic: string, records: readonly EventRecord[]): Promise<void> {
    if (this.#isClosed) throw new Error('the event log is closed');
    const producer = this.#open();
    try {
      await withDeadline(this.#sendAll(producer, topic, records), this.#deadlineMs, `publishing to ${topic}`);
    } catch (error) {
      // A connection whose other end fell silent stays "connected" for minutes: it takes another one to find out.
      if (error instanceof DeadlineError) this.#discard(producer);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined)
      await withDeadline(disconnect(producer), this.#deadlineMs, 'disconnecting').catch(ignore);
  }

  async #sendAll(opening: Promise<Sender>, topic: string, records: readonly EventRecord[]): Promise<void> {
    const producer = await opening;
    for (const portion of splitRecords(records, requestBytesMax)) {
      await producer.send({ topic, acks: -1, timeout: this.#deadlineMs, messages: portion });
    }
  }

  #open(): Promise<Sender> {
    if (this.#producer !== undefined) return this.#producer;
    const opening = this.#connect();
    this.#producer = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  async #connect(): Promise<Sender> {
    const producer = this.#kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      createPartitioner: createRememberingPartitioner,
      retry: { retries: 0 },
    });
    await producer.connect();
    return producer;
  }

  #discard(producer: Promise<Sender>): void {
    this.#forget(producer);
    disconnect(producer).catch(ignore);
  }

  #forget(producer: Promise<Sender>): void {
    if (this.#producer === producer) this.#producer = undefined;
  }
}

async function disconnect(opening: Promise<Sender>): Promise<void> {
  const producer = await opening;
  await producer.disconnect();
}

function ignore(): void {
  // It is being thrown away; there is nothing to be done about it.
}
