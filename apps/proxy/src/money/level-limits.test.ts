import { randomUUID } from 'node:crypto';
import type { Principal, PrincipalLimit } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openStream } from '../testing/sse-client.ts';
import { createPrincipal, startWorld, type World } from '../testing/start-world.ts';

const chatPath = '/v1/chat/completions';
const good = { model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 20 };
const none = { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null };
const refusal = z.looseObject({ error: z.looseObject({ message: z.string(), param: z.string().nullish() }) });

describe('limits of a team, a user, a key and the organisation', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const limitOf = (change: Partial<PrincipalLimit>): PrincipalLimit => ({
    ...{ ...none, id: randomUUID(), name: 'Red team', level: 'team', ...change },
  });
  /** Two keys of one organisation that the same limits count. */
  const twoKeys = (...levelLimits: PrincipalLimit[]) => {
    const orgId = randomUUID();
    const make = () => createPrincipal({ orgId, keyId: randomUUID(), levelLimits });
    return [make(), make()] as const;
  };
  const post = async (principal: Principal, body: unknown = good, path = chatPath) => {
    const answer = await world.post(path, body, await world.headers(undefined, principal));
    return { status: answer.status, headers: answer.headers, json: await answer.json() };
  };

  it('count the requests of all keys together, and say which limit it is and who can raise it (I14)', async () => {
    const limit = limitOf({ requestsPerMinute: 2 });
    const [one, other] = twoKeys(limit);
    expect([(await post(one)).status, (await post(other)).status]).toEqual([200, 200]);

    const { status, headers, json } = await post(one);
    expect(status).toBe(429);
    const { message, param } = refusal.parse(json).error;
    expect(message).toBe(
      'More than 2 requests per minute for the team, by the limit "Red team". Wait as long as Retry-After says, then ' +
        'try again. An owner or an admin of the organisation can raise it.',
    );
    expect(param).toBe(limit.id);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(20);
    expect(headers.get('ratelimit')).toMatch(/"requests-team";r=0;t=\d+/);
    expect(headers.get('ratelimit-policy')).toContain('"requests-team";q=2;w=60');
    expect(headers.get('x-ratelimit-limit-requests')).toBe('2');
  });

  it('are reported in the shape of Anthropic on its own surface', async () => {
    const [one] = twoKeys(limitOf({ requestsPerMinute: 1, level: 'organization', name: 'all' }));
    const body = { model: 'mock/mock-small', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] };
    expect((await post(one, body, '/v1/messages')).status).toBe(200);

    const { status, headers, json } = await post(one, body, '/v1/messages');
    expect(status).toBe(429);
    expect(json).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: expect.stringContaining('the organisation, by the limit "all"') },
    });
    expect(headers.get('retry-after')).not.toBeNull();
  });

  it('count a limit for certain models by those alone, also for large requests', async () => {
    const [key] = twoKeys(limitOf({ requestsPerMinute: 1, models: ['mock-small'], level: 'key' }));
    const large = { ...good, messages: [{ role: 'user', content: 'word '.repeat(20_000) }] };
    const unlimited = { ...good, model: 'mock/mock-large' };
    expect((await post(key, unlimited)).status).toBe(200);
    expect((await post(key, large)).status).toBe(200);
    expect((await post(key, large)).status).toBe(429);
    expect((await post(key, good)).status).toBe(429);
    expect((await post(key, unlimited)).status).toBe(200);
  });

  it('book on a limit of tokens what was used, for every key', async () => {
    const [one, other] = twoKeys(limitOf({ tokensPerMinute: 1000, level: 'user' }));
    expect((await post(one, { ...good, max_tokens: 900 })).status).toBe(200);
    await waitFor(async () => (await world.admission.readCredit(one.orgId)).openHolds === 0, { describe: 'its end' });

    const { status, headers } = await post(other, { ...good, max_tokens: 900 });
    expect(status).toBe(200);
    expect(headers.get('ratelimit-policy')).toContain('"tokens-user";q=1000;w=60');
  });

  it('count the requests at once of all keys together (I14)', async () => {
    const [one, other] = twoKeys(limitOf({ concurrentRequests: 1 }));
    world.fault = { kind: 'stall', afterChunks: 1 };
    const headersOf = await world.headers(undefined, one);
    const running = await openStream(`${world.url}${chatPath}`, headersOf, { ...good, stream: true });
    await running.waitForEvents(1);
    world.fault = null;
    const { status, headers, json } = await post(other);
    running.leave();

    expect(status).toBe(429);
    expect(refusal.parse(json).error.message).toMatch(
      /^More than 1 requests at once for the team, by the limit "Red team"/,
    );
    expect(headers.get('ratelimit-policy')).toContain('"concurrency-team";q=1;qu="concurrent-requests"');
    expect(headers.get('retry-after')).toBe('1');
  });
});
