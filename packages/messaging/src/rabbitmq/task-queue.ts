import { withDeadline } from '@aggregator/service-kit';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';
import { connect, type RabbitMqConnectionOptions } from './connect.ts';

export interface RabbitMqTaskQueueOptions extends RabbitMqConnectionOptions {
  /** The queue; `<queue>.dead` has what was delivered too often. */
  queue: string;
}

export interface Taken {
  body: string;
  acknowledge(): void;
  /** Lets it be delivered again; too often, and it is parked. */
  release(): void;
}

/** Short texts, each taken by one of many workers. One that is not acknowledged is delivered again. */
export interface RabbitMqTaskQueue {
  /** Resolves when the broker has confirmed each. Rejects if it did not, or not in time: then it may have some of them. */
  send(bodies: readonly string[]): Promise<void>;
  /** Takes the next; null if none is there. Asks once more, by another connection, if the first is lost meanwhile. */
  take(): Promise<Taken | null>;
  close(): Promise<void>;
}

interface Line {
  connection: ChannelModel;
  channel: ConfirmChannel;
}

/** Deliveries without an acknowledgement: a text that ends each worker that takes it is parked. */
const deliveriesMax = 20;

/**
 * A quorum queue with at-least-once dead-lettering. It connects at the first call, and again after a loss: a `send` that meets the
 * loss rejects, since the broker may have the texts.
 */
export function createRabbitMqTaskQueue(options: RabbitMqTaskQueueOptions): RabbitMqTaskQueue {
  return new TaskQueue(options);
}

class TaskQueue implements RabbitMqTaskQueue {
  readonly #options: RabbitMqTaskQueueOptions;
  #line: Promise<Line> | undefined;
  #isClosed = false;

  constructor(options: RabbitMqTaskQueueOptions) {
    this.#options = options;
  }

  async send(bodies: readonly string[]): Promise<void> {
    await this.#withLine(async ({ channel }) => {
      for (const body of bodies) channel.sendToQueue(this.#options.queue, Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
    });
  }

  take(): Promise<Taken | null> {
    // A broker ends the connection that asks a quorum queue whose leader does not run yet, since another has just declared it.
    return this.#takeOnce().catch((error: unknown) => {
      if (this.#isClosed) throw error;
      return this.#takeOnce();
    });
  }

  #takeOnce(): Promise<Taken | null> {
    return this.#withLine(async ({ channel }) => {
      const message = await channel.get(this.#options.queue);
      if (message === false) return null;
      return {
        body: message.content.toString(),
        acknowledge: () => channel.ack(message),
        release: () => channel.nack(message),
      };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const line = this.#line;
    this.#line = undefined;
    await line?.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
  }

  async #withLine<T>(use: (line: Line) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error(`the queue ${this.#options.queue} is closed`);
    this.#line ??= this.#open();
    const line = this.#line;
    try {
      return await withDeadline(line.then(use), this.#options.deadlineMs, `the queue ${this.#options.queue}`);
    } catch (error) {
      // What is not acknowledged is delivered again when the channel ends.
      if (this.#line === line) this.#line = undefined;
      line.then(({ connection }) => closeQuietly(connection)).catch(() => undefined);
      throw error;
    }
  }

  async #open(): Promise<Line> {
    const forget = () => {
      this.#line = undefined;
    };
    const connection = await connect(this.#options, forget);
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', forget);
      channel.on('close', forget);
      await declare(channel, this.#options.queue);
      return { connection, channel };
    } catch (error) {
      await closeQuietly(connection);
      throw error;
    }
  }
}

async function declare(channel: ConfirmChannel, queue: string): Promise<void> {
  const dead = `${queue}.dead`;
  await channel.assertQueue(dead, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': deliveriesMax,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
      'x-dead-letter-strategy': 'at-least-once',
      // Needed by at-least-once dead-lettering: a full queue rejects what is sent.
      'x-overflow': 'reject-publish',
    },
  });
}
