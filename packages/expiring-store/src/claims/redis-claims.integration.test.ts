import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeClaimStore } from './conformance.ts';
import { type ClaimStore, claimBytes } from './port.ts';
import { createRedisClaimStore } from './redis-claims.ts';

function readUrl(): string {
  const url = process.env.REDIS_URL;
  if (url === undefined) throw new Error('REDIS_URL is not set: these tests need a Redis server');
  return url;
}

const bounds = {
  keptMs: 60_000,
  entriesMax: 100,
  tenantEntriesMax: 100,
  bytesMax: 1_000_000,
  tenantBytesMax: 1_000_000,
  valueBytesMax: 100_000,
};
const asked = { tenant: 'one', owner: 'a', fingerprint: 'f', leaseMs: 60_000 };

async function deleteKeys(client: Redis, keyPrefix: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `${keyPrefix}*`, count: 1000 })) {
    if (keys.length > 0) await client.del(keys);
  }
}

describeClaimStore('redis', async () => {
  const keyPrefix = `test-${randomUUID()}:`;
  const client = new Redis(readUrl());
  const stores: ClaimStore[] = [];
  const readMicros = async () => {
    const [seconds, micros] = await client.time();
    return Number(seconds) * 1_000_000 + Number(micros);
  };
  return {
    async open(asked) {
      const options = {
        ...asked,
        url: readUrl(),
        keyPrefix: `${keyPrefix}${stores.length}:`,
        onError: () => undefined,
      };
      const store = createRedisClaimStore(options);
      stores.push(store);
      return store;
    },
    async passTime(ms) {
      const until = (await readMicros()) + ms * 1000 + 1000;
      while ((await readMicros()) < until);
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await deleteKeys(client, keyPrefix);
      await client.quit();
    },
  };
});

describe('redis claim store of several processes', () => {
  it('gives a claim to one of them, and counts what is there', async () => {
    const keyPrefix = `test-${randomUUID()}:`;
    const client = new Redis(readUrl());
    const connect = () => createRedisClaimStore({ ...bounds, url: readUrl(), keyPrefix, onError: () => undefined });
    const stores = [connect(), connect(), connect()];
    const results = await Promise.all(
      Array.from({ length: 60 }, (_none, at) => stores[at % 3]?.claim('n', { ...asked, owner: `o${at}` })),
    );
    expect(results.filter((one) => one?.result === 'claimed')).toHaveLength(1);
    const owner = `o${results.findIndex((one) => one?.result === 'claimed')}`;
    await stores[0]?.finish('n', owner, Buffer.alloc(100));
    expect(await client.hgetall(`${keyPrefix}#shares`)).toEqual({
      'one entries': '1',
      'one bytes': String(claimBytes + 100),
      '* entries': '1',
      '* bytes': String(claimBytes + 100),
    });
    await client.del(`${keyPrefix}n`);
    expect(await stores[1]?.claim('n', asked)).toEqual({ result: 'claimed' });
    await stores[2]?.release('n', 'a');
    expect(await client.keys(`${keyPrefix}*`)).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
    await client.quit();
  });

  it('rejects without its server', async () => {
    const store = createRedisClaimStore({
      ...bounds,
      url: 'redis://127.0.0.1:1',
      keyPrefix: 'test:',
      deadlineMs: 300,
      onError: () => undefined,
    });
    await expect(store.claim('n', asked)).rejects.toThrow();
    await expect(store.finish('n', 'a', null)).rejects.toThrow();
    await store.close();
  });
});
