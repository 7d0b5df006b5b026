import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type AdmissionHarness, makeOrg, toRequest } from '../conformance/harness.ts';
import { describeAdmissionStore } from '../conformance.ts';
import type { AdmissionStore } from '../port.ts';
import { createSlicedAdmissionStore } from '../slices/sliced-store.ts';
import { createRedisAdmissionStore } from './redis-store.ts';

function readUrl(): string {
  const url = process.env.REDIS_URL;
  if (url === undefined) throw new Error('REDIS_URL is not set: these tests need a Redis server');
  return url;
}

function makeStore(keyPrefix: string): AdmissionStore {
  return createRedisAdmissionStore({ url: readUrl(), commandTimeoutMs: 5000, keyPrefix, onError: () => undefined });
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

async function makeHarness(wrap: (store: AdmissionStore) => AdmissionStore): Promise<AdmissionHarness> {
  const keyPrefix = `test-${randomUUID()}:`;
  const client = new Redis(readUrl());
  let store = wrap(makeStore(keyPrefix));
  return {
    get store() {
      return store;
    },
    nowMs: () => performance.now(),
    async passTime(ms) {
      const until = (await readMicros(client)) + ms * 1000 + 1000;
      while ((await readMicros(client)) < until);
    },
    async loseData() {
      await store.close();
      await deleteKeys(client, keyPrefix);
      store = wrap(makeStore(keyPrefix));
    },
    async close() {
      await store.close();
      await deleteKeys(client, keyPrefix);
      await client.quit();
    },
  };
}

describeAdmissionStore('redis', () => makeHarness((store) => store));

describeAdmissionStore('sliced redis', () =>
  makeHarness((primary) =>
    createSlicedAdmissionStore({
      ...{ primary, busyFrom: 1, publishRecall: async () => undefined },
      ...{ onTaking: () => undefined, onEnded: () => undefined },
    }),
  ),
);

describe('redis counter store after a fail-over', () => {
  it('has another epoch, although the replica that was promoted kept its data (I2)', async () => {
    const keyPrefix = `test-${randomUUID()}:`;
    const [store, client] = [makeStore(keyPrefix), new Redis(readUrl())];
    const orgId = await makeOrg(store, 1000n);
    const epoch = await store.readEpoch();
    // At once a replica, of a master that is not there, and promoted: its data stays, its history is another.
    await client.multi().replicaof('127.0.0.1', 1).replicaof('NO', 'ONE').exec();

    const next = await store.readEpoch();
    expect(next).not.toBe(epoch);
    expect(await store.readEpoch()).toBe(next);
    expect(await store.readCredit(orgId)).toMatchObject({ creditNanoUsd: 1000n });
    await store.close();
    await deleteKeys(client, keyPrefix);
    await client.quit();
  });
});

describe('redis counter store that lost a part of its data', () => {
  it('holds nothing when its last hold has ended (I2)', async () => {
    const keyPrefix = `test-${randomUUID()}:`;
    const [store, client] = [makeStore(keyPrefix), new Redis(readUrl())];
    const orgId = await makeOrg(store, 1000n);
    const request = toRequest({ orgId, holdNanoUsd: 600n });
    await store.admit(request);
    await client.del(`${keyPrefix}{${orgId}}:account`);
    await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 600n, actualCosts: {} });
    expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 0n, openHolds: 0 });
    await store.close();
    await deleteKeys(client, keyPrefix);
    await client.quit();
  });
});

describe('redis counter store behind several gateways', () => {
  const keyPrefix = `test-${randomUUID()}:`;
  const stores = [makeStore(keyPrefix), makeStore(keyPrefix), makeStore(keyPrefix)];
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    const client = new Redis(readUrl());
    await deleteKeys(client, keyPrefix);
    await client.quit();
  });

  it('never spends an organisation credit twice', async () => {
    const [first] = stores;
    if (first === undefined) throw new Error('no store');
    const orgId = await makeOrg(first, 799n);
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_none, index) =>
        (stores[index % 3] ?? first).admit(toRequest({ orgId, holdNanoUsd: 100n })),
      ),
    );
    expect(answers.filter(({ result }) => result === 'admitted')).toHaveLength(7);
  });

  it('counts one rate limit for all of them', async () => {
    const limit = { subject: `ip:${randomUUID()}`, ratePerMinute: 20, cost: 1 };
    const verdicts = await Promise.all(
      Array.from({ length: 30 }, () => stores.map((store) => store.takeRate(limit))).flat(),
    );
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(20);
  });

  it('reads a bucket of an earlier version, and writes what that version reads', async () => {
    const [store] = stores;
    if (store === undefined) throw new Error('no store');
    const client = new Redis(readUrl());
    const subject = `ip:${randomUUID()}`;
    const [key, limit] = [`${keyPrefix}rate:{${subject}}`, { subject, ratePerMinute: 100, cost: 60 }];
    const usedUntil = (await readMicros(client)) + 30_000_000;
    await client.set(key, String(usedUntil), 'PX', 30_000);
    expect((await store.takeRate(limit)).isAllowed).toBe(false);
    expect((await store.takeRate({ ...limit, cost: 10 })).isAllowed).toBe(true);
    const written = await client.get(key);
    await client.quit();
    expect(written).toBe(`${usedUntil + 6_000_000}.000000000000100`);
    expect(Number(written)).toBe(usedUntil + 6_000_000);
  });

  it('keeps every key of an organisation in one slot of a cluster', async () => {
    const [store] = stores;
    if (store === undefined) throw new Error('no store');
    const orgId = await makeOrg(store, 10n);
    const rates = [{ subject: 'key:a:requests', ratePerMinute: 10, cost: 1 }];
    await store.admit(toRequest({ orgId, rates, concurrency: [{ subject: 'key:a', max: 1 }] }));
    const client = new Redis(readUrl());
    const keys = await client.keys(`${keyPrefix}*${orgId}*`);
    await client.quit();
    expect(keys.map((key) => key.slice(keyPrefix.length).replace(/:lease:.*/, ':lease')).sort()).toEqual(
      ['account', 'expiries', 'holds', 'lease', 'rate:key:a:requests', 'slots'].map((name) => `{${orgId}}:${name}`),
    );
  });
});

describe('redis counter store without its server', () => {
  it('rejects within its deadline when the server accepts and never answers', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const store = createRedisAdmissionStore({
      url: `redis://127.0.0.1:${port}`,
      commandTimeoutMs: 100,
      onError: () => undefined,
    });
    const startMs = performance.now();
    await expect(store.readEpoch()).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(performance.now() - startMs).toBeLessThan(30_000);
    await store.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('rejects at once, and reports it, when no server listens', async () => {
    const errors: unknown[] = [];
    const store = createRedisAdmissionStore({
      url: 'redis://127.0.0.1:1',
      commandTimeoutMs: 1000,
      onError: (error) => errors.push(error),
    });
    await expect(store.admit(toRequest({ orgId: 'org' }))).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(errors.length).toBeGreaterThan(0);
    await store.close();
  });
});
