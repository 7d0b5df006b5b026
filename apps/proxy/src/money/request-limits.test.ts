import { randomUUID } from 'node:crypto';
import { request as sendRequest } from 'node:http';
import type { Principal } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrincipal, startWorld, type World } from '../testing/start-world.ts';
import { RefusedSubjects } from './refused-subjects.ts';

const chatPath = '/v1/chat/completions';
const good = { model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello' }] };
const none = { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null };
const limited = (requestsPerMinute: number, change: Partial<Principal> = {}) =>
  createPrincipal({ limits: { ...none, requestsPerMinute }, ...change });

describe('limits of requests', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const post = async (principal: Principal, body: unknown) =>
    world.post(chatPath, body, await world.headers(undefined, principal));
  const get = async (principal: Principal, path: string) =>
    fetch(`${world.url}${path}`, { headers: await world.headers(undefined, principal) });
  const statusesOf = async (count: number, ask: () => Promise<Response>) => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 1) statuses.push((await ask()).status);
    return statuses;
  };

  it.each([
    ['a body that is no chat', { model: 1 }, 400],
    ['an unknown model', { ...good, model: 'mock/none' }, 404],
    [
      'a private image address',
      { ...good, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'x' }] }] },
      400,
    ],
  ])('count a request that fails before its hold for %s (I14)', async (_name, body, status) => {
    const key = limited(3);

    expect(await statusesOf(5, () => post(key, body))).toEqual([status, status, status, 429, 429]);
  });

  it('count a request that the key may not make', async () => {
    const key = limited(2, { models: ['mock/mock-large'] });

    expect(await statusesOf(3, () => post(key, good))).toEqual([403, 403, 429]);
  });

  it.each(['/v1/models', '/v1/capabilities', '/v1/models/mock%2Fmock-small', '/v1/models/none'])(
    'count %s before it is returned (I14)',
    async (path) => {
      const key = limited(2);
      const [first, second, third] = [await get(key, path), await get(key, path), await get(key, path)];

      expect(first?.status).toBe(path.endsWith('none') ? 404 : 200);
      expect(second?.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect(third?.status).toBe(429);
      expect(Number(third?.headers.get('retry-after'))).toBeGreaterThan(20);
      expect(third?.headers.get('x-ratelimit-limit-requests')).toBe('2');
      expect(third?.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=/);
    },
  );

  it('count failures and lists for the organisation, over all its keys', async () => {
    const orgId = randomUUID();
    const member = () => createPrincipal({ orgId, organizationLimits: { ...none, requestsPerMinute: 3 } });

    expect((await post(member(), { model: 1 })).status).toBe(400);
    expect((await get(member(), '/v1/models')).status).toBe(200);
    expect((await post(member(), good)).status).toBe(200);
    expect((await post(member(), good)).status).toBe(429);
    expect((await get(member(), '/v1/capabilities')).status).toBe(429);
  });

  it('count a large request once, and show every limit', async () => {
    const limits = { requestsPerMinute: 5, tokensPerMinute: 1_000_000, concurrentRequests: null };
    const key = createPrincipal({ limits });
    const large = { ...good, messages: [{ role: 'user', content: 'word '.repeat(20_000) }], max_tokens: 5 };
    await post(key, large);
    const answer = await post(key, large);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('3');
    expect(answer.headers.get('ratelimit')).toMatch(/^"requests";r=3;t=\d+, "tokens";r=\d+;t=\d+$/);
  });

  it('count a request whose answer is given again', async () => {
    const key = limited(2);
    const ask = async () =>
      world.post(chatPath, good, { ...(await world.headers(undefined, key)), 'idempotency-key': 'one' });

    expect(await statusesOf(3, ask)).toEqual([200, 200, 429]);
  });

  it('refuse a caller before its body has come, as long as nothing is left (I12)', async () => {
    const key = limited(1);
    expect((await post(key, good)).status).toBe(200);
    const headers = { ...(await world.headers(undefined, key)), 'content-length': '19000000' };
    const sent = sendRequest(`${world.url}${chatPath}`, { method: 'POST', headers });
    const status = new Promise((resolve) => {
      sent.once('response', (answer) => resolve(answer.statusCode)).on('error', () => undefined);
    });
    sent.write('{"model":');

    expect(await status).toBe(429);
    sent.destroy();
  });

  it('do not count what the proxy could not do', async () => {
    const key = limited(1);
    world.proxy.context.room.enter = () => {
      throw new Error('a fault');
    };
    try {
      expect(await statusesOf(3, () => post(key, good))).toEqual([500, 500, 500]);
    } finally {
      Reflect.deleteProperty(world.proxy.context.room, 'enter');
    }
    expect((await post(key, good)).status).toBe(200);
  });
});

describe('limits that have nothing left', () => {
  const verdict = {
    subject: 'key:a:requests',
    isAllowed: true,
    limit: 10,
    remaining: 0,
    resetMs: 60_000,
    retryAfterMs: 0,
  };
  const rates = (ratePerMinute: number) => [{ subject: 'key:a:requests', ratePerMinute, cost: 1 }];

  it('are refused until one unit is there again, and another limit is another', () => {
    let nowMs = 0;
    const refused = new RefusedSubjects(() => nowMs);
    refused.note('org', [verdict]);

    nowMs = 5999;
    expect(refused.find('org', rates(10))).toMatchObject({ retryAfterMs: 1, resetMs: 54_001, remaining: 0 });
    expect(refused.find('org', rates(20))).toBeNull();
    expect(refused.find('other', rates(10))).toBeNull();
    nowMs = 6000;
    expect(refused.find('org', rates(10))).toBeNull();
  });

  it('are not kept for tokens, nor if a unit is left', () => {
    const refused = new RefusedSubjects(() => 0);
    refused.note('org', [
      { ...verdict, subject: 'key:a:tokens' },
      { ...verdict, subject: 'key:b:requests', remaining: 1 },
    ]);

    expect(refused.find('org', [{ ...rates(10)[0], subject: 'key:a:tokens', ratePerMinute: 10, cost: 1 }])).toBeNull();
    expect(refused.find('org', [{ subject: 'key:b:requests', ratePerMinute: 10, cost: 1 }])).toBeNull();
  });

  it('are kept for a bounded number of subjects (I12)', () => {
    const refused = new RefusedSubjects(() => 0, 2);
    for (const name of ['a', 'b', 'c']) refused.note('org', [{ ...verdict, subject: `key:${name}:requests` }]);
    const isKept = (name: string) =>
      refused.find('org', [{ subject: `key:${name}:requests`, ratePerMinute: 10, cost: 1 }]) !== null;

    expect(['a', 'b', 'c'].map(isKept)).toEqual([false, true, true]);
  });
});
