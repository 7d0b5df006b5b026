import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeExpiringStore } from '../conformance.ts';
import type { ExpiringStore, StoreBounds } from '../port.ts';
import { createRedisExpiringStore } from './redis-store.ts';

const bounds: StoreBounds = { entriesMax: 5, bytesMax: 10_000, valueBytesMax: 1000 };

function readUrl(): string {
  const url = process.env.REDIS_URL;
  if (url === undefined) throw new Error('REDIS_URL is not set: these tests need a Redis server');
  return url;
}

async function deleteKeys(client: Redis, keyPrefix: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `${keyPrefix}*`, count: 1000 })) {
    if (keys.length > 0) await client.del(keys);
  }
}

async function readMicros(client: Redis): Promise<number> {
  const [seconds, micros] = await client.time();
  return Number(seconds) * 1_000_000 + Number(micros);
}

describeExpiringStore('redis', async () => {
  const keyPrefix = `test-${randomUUID()}:`;
  const client = new Redis(readUrl());
  const stores: ExpiringStore[] = [];
  const failures: unknown[] = [];
  return {
    async open(asked) {
      const store = createRedisExpiringStore({
        ...asked,
        url: readUrl(),
        keyPrefix: `${keyPrefix}${stores.length}:`,
        deadlineMs: 5000,
        onError: (error) => failures.push(error),
      });
      stores.push(store);
      return store;
    },
    async passTime(ms) {
      const until = (await readMicros(client)) + ms * 1000 + 1000;
      while ((await readMicros(client)) < until);
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await deleteKeys(client, keyPrefix);
      await client.quit();
      expect(failures).toEqual([]);
    },
  };
});

describe('redis expiring store of several processes', () => {
  const keyPrefix = `test-${randomUUID()}:`;
  const connect = () =>
    createRedisExpiringStore({ ...bounds, url: readUrl(), keyPrefix, deadlineMs: 5000, onError: () => undefined });
  const stores = [connect(), connect(), connect()];
  const client = new Redis(readUrl());
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await deleteKeys(client, keyPrefix);
    await client.quit();
  });

  it('keeps one bound for all of them, and leaves nothing behind of what went', async () => {
    const keys = Array.from({ length: 60 }, (_none, index) => `key-${index}`);
    await Promise.all(keys.map((key, index) => stores[index % 3]?.set(key, 'x', 60_000)));

    const kept = (await stores[0]?.getMany(keys))?.filter((text) => text !== null);
    expect(kept).toHaveLength(5);
    expect(await client.keys(`${keyPrefix}*`)).toHaveLength(5 + 4);
    expect(await client.zcard(`${keyPrefix}#expiries`)).toBe(5);
    expect(await client.hlen(`${keyPrefix}#sizes`)).toBe(5);
  });

  it('counts what is there when the server has lost an entry on its own', async () => {
    const [store] = stores;
    await store?.set('lost', 'x', 60_000);
    await client.del(`${keyPrefix}lost`);

    expect(await store?.get('lost')).toBeNull();
    expect(await client.zscore(`${keyPrefix}#uses`, `${keyPrefix}lost`)).toBeNull();
    const sizes = Object.values(await client.hgetall(`${keyPrefix}#sizes`)).map(Number);
    expect(Number(await client.hget(`${keyPrefix}#totals`, 'bytes'))).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });
});

describe('redis expiring store without its server', () => {
  it('returns null in time if the server accepts and never answers, and soon without waiting', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const errors: unknown[] = [];
    const store = createRedisExpiringStore({
      ...bounds,
      url: `redis://127.0.0.1:${port}`,
      keyPrefix: 'test:',
      onError: (error) => errors.push(error),
    });

    expect(await store.get('a')).toBeNull();
    expect(errors).toEqual([expect.objectContaining({ message: 'no reply within 100 ms' })]);

    const nextMs = performance.now();
    for (let turn = 0; turn < 100; turn += 1) expect(await store.get('a')).toBeNull();
    // A hundred waits of 100 ms would be ten seconds.
    expect(performance.now() - nextMs).toBeLessThan(5000);

    await store.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('returns null at once if no server listens, and reports it', async () => {
    const errors: unknown[] = [];
    const store = createRedisExpiringStore({
      ...bounds,
      url: 'redis://127.0.0.1:1',
      keyPrefix: 'test:',
      onError: (error) => errors.push(error),
    });
    expect(await store.get('a')).toBeNull();
    await store.set('a', 'x', 1000);
    await store.delete('a');
    expect(errors.length).toBeGreaterThan(0);
    await store.close();
  });
});
