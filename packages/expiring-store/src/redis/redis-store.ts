import { hash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { checkKey, checkKeys, checkTtl, deadlineMsMax, type ExpiringStore, type StoreBounds, sizeOf } from '../port.ts';
import { openTextClient } from './client.ts';

export interface RedisExpiringStoreOptions extends StoreBounds {
  /** `redis://` or `rediss://`; a single server, version 7 or later. */
  url: string;
  /** Before every key; stores with different prefixes do not meet. */
  keyPrefix: string;
  /** Longest wait for the server, in milliseconds. Default: 100. */
  deadlineMs?: number;
  /**
   * Called for a connection that fails and for a server that does not answer, once for each time that it is given up.
   */
  onError(error: unknown): void;
}

/** Time after a silence in which no call waits for the server, in milliseconds. */
const restMs = 1000;

/** The store that several processes share. Connects in the background; without its server there is nothing in it. */
export function createRedisExpiringStore(options: RedisExpiringStoreOptions): ExpiringStore {
  const { url, onError, deadlineMs = deadlineMsMax } = options;
  return new RedisExpiringStore(openTextClient({ url, commandTimeoutMs: deadlineMs, onError }), options, deadlineMs);
}

class RedisExpiringStore implements ExpiringStore {
  readonly #client: Redis;
  readonly #options: RedisExpiringStoreOptions;
  readonly #indexKeys: readonly string[];
  readonly #isConnected: Promise<void>;
  readonly #deadlineMs: number;
  #restUntilMs = 0;
  #isClosed = false;

  constructor(client: Redis, options: RedisExpiringStoreOptions, deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    this.#client = client;
    this.#options = options;
    this.#indexKeys = ['uses', 'expiries', 'sizes', 'totals'].map((name) => `${options.keyPrefix}#${name}`);
    this.#isConnected = new Promise((resolve) => {
      client.once('ready', () => resolve());
      client.once('close', () => resolve());
    });
  }

  async get(key: string): Promise<string | null> {
    return (await this.getMany([key]))[0] ?? null;
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    checkKeys(keys);
    if (keys.length === 0) return [];
    const reply = await this.#run(() => this.#client.getTexts(...this.#nameKeys(keys)));
    return keys.map((_key, at) => readText(reply, at));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    checkKey(key);
    checkTtl(ttlMs);
    const { entriesMax, bytesMax, valueBytesMax } = this.#options;
    if (Buffer.byteLength(value) > valueBytesMax) return;
    const numbers = [ttlMs, sizeOf(key, value), entriesMax, bytesMax].map(String);
    await this.#run(() => this.#client.setText(...this.#nameKeys([key]), value, ...numbers));
  }

  async replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean> {
    checkKey(key);
    checkTtl(ttlMs);
    const { entriesMax, bytesMax, valueBytesMax } = this.#options;
    if (Buffer.byteLength(value) > valueBytesMax) return false;
    const numbers = [ttlMs, sizeOf(key, value), entriesMax, bytesMax].map(String);
    const digest = hash('sha1', expected);
    return (await this.#run(() => this.#client.setText(...this.#nameKeys([key]), value, ...numbers, digest))) === 1;
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#run(() => this.#client.deleteText(...this.#nameKeys([key])));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.race([this.#client.quit().catch(() => undefined), wait(this.#deadlineMs, undefined, { ref: false })]);
    this.#client.disconnect();
  }

  #nameKeys(keys: readonly string[]): [number, ...string[]] {
    const named = [...this.#indexKeys, ...keys.map((key) => `${this.#options.keyPrefix}${key}`)];
    return [named.length, ...named];
  }

  /** Null if no reply came in time, or none could. */
  async #run(command: () => Promise<unknown>): Promise<unknown> {
    if (this.#isClosed || performance.now() < this.#restUntilMs) return null;
    let isLate = false;
    const { promise: lateness, reject } = Promise.withResolvers<never>();
    // The client's own deadline begins when a command is written, not when it is asked for.
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no reply within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    try {
      return await Promise.race([this.#ask(command), lateness]);
    } catch (error) {
      // A connection that is not there has said so by itself, and is noticed without waiting.
      if (isLate || this.#client.status === 'ready') {
        this.#restUntilMs = performance.now() + restMs;
        this.#options.onError(error);
      }
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(command: () => Promise<unknown>): Promise<unknown> {
    if (this.#client.status === 'connecting' || this.#client.status === 'connect') await this.#isConnected;
    return await command();
  }
}

function readText(reply: unknown, at: number): string | null {
  const text: unknown = Array.isArray(reply) ? reply[at] : null;
  return typeof text === 'string' ? text : null;
}
