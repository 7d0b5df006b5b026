import { setTimeout as wait } from 'node:timers/promises';
import { connectRedis } from '@aggregator/redis';
import type { Redis, Result } from 'ioredis';
import {
  type ClaimBounds,
  type ClaimEnd,
  type ClaimRequest,
  type ClaimResult,
  type ClaimStore,
  checkClaim,
  checkLease,
  claimBytes,
} from './port.ts';
import { claimScript, finishScript, releaseScript, renewScript } from './scripts.ts';

type Script<Context extends { type: 'default' | 'pipeline' }> = (
  keyCount: number,
  ...keysAndArguments: (string | Buffer)[]
) => Result<unknown, Context>;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    claimWorkBuffer: Script<Context>;
    renewClaimBuffer: Script<Context>;
    finishClaimBuffer: Script<Context>;
    releaseClaimBuffer: Script<Context>;
  }
}

export interface RedisClaimStoreOptions extends ClaimBounds {
  /** `redis://` or `rediss://`; a single server, version 7 or later. */
  readonly url: string;
  readonly keyPrefix: string;
  /** Longest wait for the server, in milliseconds; 2,000 by default. */
  readonly deadlineMs?: number;
  onError(error: unknown): void;
}

type Command = 'claimWorkBuffer' | 'renewClaimBuffer' | 'finishClaimBuffer' | 'releaseClaimBuffer';

const deadlineMsDefault = 2000;

/** The claims that several processes share. */
export function createRedisClaimStore(options: RedisClaimStoreOptions): ClaimStore {
  const { url, onError, deadlineMs = deadlineMsDefault } = options;
  const client = connectRedis({ url, commandTimeoutMs: deadlineMs, onError });
  client.defineCommand('claimWork', { lua: claimScript });
  client.defineCommand('renewClaim', { lua: renewScript });
  client.defineCommand('finishClaim', { lua: finishScript });
  client.defineCommand('releaseClaim', { lua: releaseScript });
  return new RedisClaimStore(client, options, deadlineMs);
}

class RedisClaimStore implements ClaimStore {
  readonly #client: Redis;
  readonly #options: RedisClaimStoreOptions;
  readonly #deadlineMs: number;
  readonly #indexKeys: readonly string[];
  readonly #isConnected: Promise<void>;

  constructor(client: Redis, options: RedisClaimStoreOptions, deadlineMs: number) {
    this.#client = client;
    this.#options = options;
    this.#deadlineMs = deadlineMs;
    this.#indexKeys = ['expiries', 'sizes', 'tenants', 'shares'].map((name) => `${options.keyPrefix}#${name}`);
    this.#isConnected = new Promise((resolve) => {
      client.once('ready', () => resolve());
      client.once('close', () => resolve());
    });
  }

  async claim(name: string, request: ClaimRequest): Promise<ClaimResult> {
    checkClaim(name, request);
    const { tenant, owner, fingerprint, leaseMs } = request;
    const { keptMs, tenantEntriesMax, tenantBytesMax, entriesMax, bytesMax } = this.#options;
    const bounds = [leaseMs, keptMs, claimBytes, tenantEntriesMax, tenantBytesMax, entriesMax, bytesMax].map(String);
    const [result, value] = await this.#run('claimWorkBuffer', name, [tenant, owner, fingerprint, ...bounds]);
    switch (result?.toString()) {
      case 'claimed':
        return { result: 'claimed' };
      case 'other':
        return { result: 'other' };
      case 'open':
        return { result: 'open' };
      case 'lost':
        return { result: 'lost' };
      case 'tenant_full':
        return { result: 'tenant_full' };
      case 'full':
        return { result: 'full' };
      case 'finished':
        return value === undefined ? { result: 'lost' } : { result: 'finished', value };
      default:
        throw new Error('a reply that no claim has');
    }
  }

  async renew(name: string, owner: string, leaseMs: number): Promise<boolean> {
    checkLease(leaseMs);
    const [result] = await this.#run('renewClaimBuffer', name, [owner, String(leaseMs)]);
    return result?.toString() === 'renewed';
  }

  async finish(name: string, owner: string, value: Buffer | null): Promise<ClaimEnd> {
    const { keptMs, valueBytesMax, tenantBytesMax, bytesMax } = this.#options;
    const kept = value !== null && value.length <= valueBytesMax ? value : null;
    const bounds = [kept?.length ?? 0, tenantBytesMax, bytesMax].map(String);
    const given = [owner, String(keptMs), kept === null ? '0' : '1', kept ?? '', ...bounds];
    const [result] = await this.#run('finishClaimBuffer', name, given);
    const end = result?.toString();
    return end === 'kept' || end === 'gone' ? end : 'not_kept';
  }

  async release(name: string, owner: string): Promise<void> {
    await this.#run('releaseClaimBuffer', name, [owner]);
  }

  async close(): Promise<void> {
    await Promise.race([this.#client.quit().catch(() => undefined), wait(this.#deadlineMs, undefined, { ref: false })]);
    this.#client.disconnect();
  }

  async #run(command: Command, name: string, given: readonly (string | Buffer)[]): Promise<Buffer[]> {
    const { promise: lateness, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no reply within ${this.#deadlineMs} ms`)), this.#deadlineMs);
    try {
      const reply = await Promise.race([this.#ask(command, name, given), lateness]);
      return Array.isArray(reply) ? reply.filter((part) => Buffer.isBuffer(part)) : [];
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(command: Command, name: string, given: readonly (string | Buffer)[]): Promise<unknown> {
    if (this.#client.status === 'connecting' || this.#client.status === 'connect') await this.#isConnected;
    const keys = [...this.#indexKeys, `${this.#options.keyPrefix}${name}`];
    return await this.#client[command](keys.length, ...keys, ...given);
  }
}
