import { EventEmitter } from 'node:events';
import type { RedisConnectionOptions } from '@aggregator/redis';
import type { Redis } from 'ioredis';
import { type Listener, Listeners } from '../listeners.ts';
import { openMessageClient, waitForEvent } from './connect.ts';

/** One connection for all listeners. Subscribes again after each loss, and reports the gap only then. */
export class RedisSubscriber {
  readonly #client: Redis;
  readonly #options: RedisConnectionOptions;
  readonly #listeners: Listeners;
  readonly #signals = new EventEmitter();
  readonly #ping: NodeJS.Timeout;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.onError);
    this.#signals.setMaxListeners(0);
    this.#client = openMessageClient(options);
    this.#client.on('message', (channel, message) => this.#listeners.deliver(channel, message));
    this.#client.on('ready', () => this.#resubscribe());
    // A client that only listens would never learn that the other end is gone.
    this.#ping = setInterval(() => this.#checkConnection(), 2 * options.commandTimeoutMs);
  }

  async subscribe(channel: string, listener: Listener): Promise<void> {
    this.#listeners.add(channel, listener);
    try {
      if (this.#client.status === 'ready') await this.#client.subscribe(channel);
      else await waitForEvent(this.#signals, 'subscribed', this.#options.commandTimeoutMs);
    } catch (error) {
      this.#options.onError(error);
      this.#reconnect();
    } finally {
      listener.isSubscribed = true;
    }
  }

  async unsubscribe(channel: string, listener: Listener): Promise<void> {
    if (!this.#listeners.remove(channel, listener) || this.#client.status !== 'ready') return;
    await this.#client.unsubscribe(channel).catch(this.#options.onError);
  }

  close(): void {
    clearInterval(this.#ping);
    this.#listeners.clear();
    this.#client.disconnect();
  }

  async #resubscribe(): Promise<void> {
    const { channels } = this.#listeners;
    try {
      if (channels.length > 0) await this.#client.subscribe(...channels);
    } catch (error) {
      this.#options.onError(error);
      this.#reconnect();
      return;
    }
    this.#signals.emit('subscribed');
    this.#listeners.reportGap();
  }

  #checkConnection(): void {
    if (this.#client.status !== 'ready') return;
    this.#client.ping().catch(() => this.#reconnect());
  }

  /** Only if a connection is open: one that is being opened needs no help. */
  #reconnect(): void {
    if (this.#client.status === 'ready') this.#client.disconnect(true);
  }
}
