import { randomUUID } from 'node:crypto';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startWorld, type World } from '../../testing/start-world.ts';

const url = process.env.REDIS_URL ?? '';
const prefix = `test-${randomUUID()}:`;
const environment = { REDIS_URL: url, REDIS_KEY_PREFIX: prefix, CACHE_POLICY: 'off' };

let redis: Redis;
let first: World;
let second: World;
beforeAll(async () => {
  redis = new Redis(url);
  first = await startWorld({ environment });
  second = await startWorld({ environment, after: first });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
  for await (const keys of redis.scanStream({ match: `${prefix}*` })) if (keys.length > 0) await redis.del(keys);
  await redis.quit();
});

it('answers equal requests at two proxies on one Redis with one call, and keeps no text in it (I8)', async () => {
  const messages = [{ role: 'user', content: 'OPAL is the word' }];
  const body = { model: 'mock/mock-small', messages, stream: true };
  const ask = async (world: World) => {
    const headers = await world.headers(createUuidV7());
    const named = { 'content-type': 'application/json', ...headers, 'idempotency-key': 'order-4711' };
    const answer = await world.post('/v1/chat/completions', body, named);
    return { status: answer.status, text: await answer.text() };
  };
  const all = await Promise.all(Array.from({ length: 50 }, (_none, at) => ask(at % 2 ? first : second)));
  const [whole] = all.filter(({ status }) => status === 200);
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 409]));
  expect(await ask(first)).toEqual(whole);
  expect(await ask(second)).toEqual(whole);
  expect(first.mock.ledger.records()).toHaveLength(1);

  expect(whole?.text).toContain('OPAL');
  for (const key of await redis.keys(`${prefix}idempotency:*`)) {
    const dump = await redis.dumpBuffer(key);
    expect([key.includes('4711'), dump.includes('OPAL'), dump.includes('order')]).toEqual([false, false, false]);
  }
});
