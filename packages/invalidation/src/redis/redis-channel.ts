import { isWrongServer } from '@aggregator/redis';
import type { Redis } from 'ioredis';
import type { Listener } from '../listeners.ts';
import type { InvalidationChannel } from '../port.ts';
import { openMessageClient, waitForEvent } from './connect.ts';
import { RedisSubscriber } from './redis-subscriber.ts';

export interface RedisInvalidationChannelOptions {
  url: string;
  commandTimeoutMs: number;
  /** Called once for each lost connection, and for listeners that throw. */
  onError(error: unknown): void;
}

/** Over Redis publish and subscribe, for services in processes of their own. */
export function createRedisInvalidationChannel(options: RedisInvalidationChannelOptions): InvalidationChannel {
  return new RedisInvalidationChannel(options);
}

class RedisInvalidationChannel implements InvalidationChannel {
  readonly #commandTimeoutMs: number;
  readonly #publisher: Redis;
  readonly #subscriber: RedisSubscriber;
  #hasConnected = false;
  #isClosed = false;

  constructor(options: RedisInvalidationChannelOptions) {
    this.#commandTimeoutMs = options.commandTimeoutMs;
    this.#publisher = openMessageClient(options);
    this.#publisher.setMaxListeners(0);
    this.#publisher.once('ready', () => {
      this.#hasConnected = true;
    });
    this.#subscriber = new RedisSubscriber(options);
  }

  async publish(channel: string, message: string): Promise<void> {
    this.#throwIfClosed();
    // Only the first connection is worth waiting for; when it is lost later, who publishes learns it at once.
    if (!this.#hasConnected) await waitForEvent(this.#publisher, 'ready', this.#commandTimeoutMs);
    try {
      await this.#send(channel, message);
    } catch (error) {
      if (!isWrongServer(error)) throw error;
      // The client is connecting to the server that the address leads to now; a message that arrives twice does no
      // harm.
      await waitForEvent(this.#publisher, 'ready', this.#commandTimeoutMs);
      await this.#send(channel, message);
    }
  }

  /** A replica takes messages and passes them to no other server, so a write goes first, which a replica rejects. */
  async #send(channel: string, message: string): Promise<void> {
    await this.#publisher.set(`${channel}:published`, '', 'PX', 1);
    await this.#publisher.publish(channel, message);
  }

  async subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void) {
    this.#throwIfClosed();
    const listener: Listener = { onMessage, onGap, isSubscribed: false };
    await this.#subscriber.subscribe(channel, listener);
    return { close: () => this.#subscriber.unsubscribe(channel, listener) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#publisher.disconnect();
    this.#subscriber.close();
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new Error('the invalidation channel is closed');
  }
}
