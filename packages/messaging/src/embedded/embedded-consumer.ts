import type { Client } from 'pg';
import { closeQuietly } from '../close-quietly.ts';
import { deliverBatch } from '../deliver-batch.ts';
import { backOffMs, Pause } from '../pause.ts';
import type { ConsumeOptions, EventConsumer, EventLog } from '../port.ts';
import { reportError } from '../report-error.ts';
import { type Claim, claimBatch, giveBack, moveOn } from './claim-batch.ts';
import { type ConnectionOptions, openClient, whileKeptAlive } from './connections.ts';
import { deleteExpired } from './delete-expired.ts';

export interface EmbeddedConsumerOptions extends ConsumeOptions {
  connection: ConnectionOptions;
  pollIntervalMs: number;
  retentionMs: number;
  publish: EventLog['publish'];
}

const retentionIntervalMs = 10 * 60_000;

/** A member of a group: its own connection, one batch at a time, and a new connection when that one is lost. */
export class EmbeddedConsumer implements EventConsumer {
  readonly #options: EmbeddedConsumerOptions;
  readonly #idle = new Pause();
  readonly #backOff = new Pause();
  readonly #finished: Promise<void>;
  #isClosing = false;
  #lastPartition = -1;
  #lostConnections = 0;
  #failedBatches = 0;
  #nextRetentionMs = 0;

  constructor(options: EmbeddedConsumerOptions) {
    this.#options = options;
    this.#finished = this.#run();
  }

  /** There is something new to read. */
  wake(): void {
    this.#idle.wake();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#idle.close();
    this.#backOff.close();
    await this.#finished;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      try {
        await this.#consumeOnOneConnection();
      } catch (error) {
        this.#lostConnections += 1;
        reportError(this.#options.onError, error);
        await this.#backOff.wait(backOffMs(this.#lostConnections));
      }
    }
  }

  async #consumeOnOneConnection(): Promise<void> {
    const client = await openClient(this.#options.connection);
    try {
      while (!this.#isClosing) {
        await this.#deleteExpiredNowAndThen(client);
        const claim = await claimBatch(client, this.#options, this.#lastPartition);
        this.#lostConnections = 0;
        if (claim === null) await this.#idle.wait(this.#options.pollIntervalMs);
        else await this.#handle(client, claim);
      }
    } finally {
      await closeQuietly({ close: () => client.end() });
    }
  }

  async #handle(client: Client, claim: Claim): Promise<void> {
    this.#lastPartition = claim.partition;
    if (claim.records.length > 0) {
      try {
        await whileKeptAlive(client, () => deliverBatch(this.#options, claim.records, this.#options.publish));
      } catch (error) {
        this.#failedBatches += 1;
        reportError(this.#options.onError, error);
        await giveBack(client);
        await this.#backOff.wait(backOffMs(this.#failedBatches));
        return;
      }
    }
    await moveOn(client, this.#options, claim);
    this.#failedBatches = 0;
  }

  async #deleteExpiredNowAndThen(client: Client): Promise<void> {
    if (performance.now() < this.#nextRetentionMs) return;
    this.#nextRetentionMs = performance.now() + retentionIntervalMs;
    try {
      await deleteExpired(client, this.#options.topic, this.#options.retentionMs);
    } catch (error) {
      // Old records can wait; a reader of new ones cannot. If the connection is lost, the next statement says so.
      reportError(this.#options.onError, error);
    }
  }
}
