import { request as sendRequest } from 'node:http';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { openAiErrorBody, type Principal } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openStream } from '../testing/sse-client.ts';
import { createPrincipal, startWorld, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello there, provider' }];
const answerBody = z.looseObject({ error: openAiErrorBody.shape.error.optional() });
const good = { model: 'mock/mock-small', messages };

/** The same store as a plain object, so that a part of it can be replaced. */
function bindStore(store: AdmissionStore): AdmissionStore {
  return {
    admit: (request) => store.admit(request),
    raiseHold: (raise) => store.raiseHold(raise),
    settle: (settlement) => store.settle(settlement),
    grantCredit: (grant) => store.grantCredit(grant),
    reclaimCredit: (reclaim) => store.reclaimCredit(reclaim),
    countSlots: (request) => store.countSlots(request),
    readCredit: (orgId) => store.readCredit(orgId),
    takeRate: (limit) => store.takeRate(limit),
    takeRates: (request) => store.takeRates(request),
    readEpoch: () => store.readEpoch(),
    budgets: store.budgets,
    slices: store.slices,
    close: () => store.close(),
  };
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fault = null;
});

async function ask(body: unknown, requestId = createUuidV7(), principal?: Principal) {
  const answer = await world.post(path, body, await world.headers(requestId, principal));
  return { requestId, status: answer.status, headers: answer.headers, json: answerBody.parse(await answer.json()) };
}

describe('limits', () => {
  const limited = (limits: Partial<Principal['limits']>) =>
    createPrincipal({
      limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null, ...limits },
    });

  it('reports its limits to a caller with every answer, in the words of the draft and of OpenAI', async () => {
    const { status, headers } = await ask(good, createUuidV7(), limited({ requestsPerMinute: 60 }));

    expect(status).toBe(200);
    expect(headers.get('ratelimit')).toBe('"requests";r=59;t=1');
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=60;w=60');
    expect(headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('59');
    expect(headers.get('x-ratelimit-reset-requests')).toBe('1s');
  });

  it('answers 429 with Retry-After over the limit, and calls no provider', async () => {
    const principal = limited({ requestsPerMinute: 1 });
    await ask(good, createUuidV7(), principal);
    const { requestId, status, headers, json } = await ask(good, createUuidV7(), principal);

    expect(status).toBe(429);
    expect(json.error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(30);
    expect(headers.get('x-should-retry')).toBe('true');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(world.mock.ledger.find(`${requestId}/1`)).toEqual([]);
  });

  it('books on a limit of tokens what was used, in place of what was asked for', async () => {
    const principal = limited({ tokensPerMinute: 1000 });
    const first = await ask({ ...good, max_tokens: 900 }, createUuidV7(), principal);
    await waitFor(async () => (await world.admission.readCredit(principal.orgId)).openHolds === 0, {
      describe: 'the settlement',
    });
    const second = await ask({ ...good, max_tokens: 800 }, createUuidV7(), principal);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(Number(first.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(100);
  });

  it("counts what all keys and users of an organisation ask for against the organisation's limit (I14)", async () => {
    const organizationLimits = { requestsPerMinute: 2, tokensPerMinute: null, concurrentRequests: null };
    const key = { ...limited({ requestsPerMinute: 60 }), organizationLimits };
    const user = { ...key, keyId: null };

    const answers = [];
    for (const principal of [key, user, key]) answers.push(await ask(good, createUuidV7(), principal));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-limit-requests'))).toEqual(['2', '2', '2']);
    expect(answers[2]?.json.error?.message).toContain('organisation');
  });

  it("corrects the organisation's limit of tokens with that of the key", async () => {
    const organizationLimits = { requestsPerMinute: null, tokensPerMinute: 1000, concurrentRequests: null };
    const principal = { ...limited({ tokensPerMinute: 10_000 }), organizationLimits };
    const first = await ask({ ...good, max_tokens: 900 }, createUuidV7(), principal);
    await waitFor(async () => (await world.admission.readCredit(principal.orgId)).openHolds === 0, {
      describe: 'the settlement',
    });
    const second = await ask({ ...good, max_tokens: 800 }, createUuidV7(), principal);

    expect([first.status, second.status]).toEqual([200, 200]);
  });

  it('limits a user who comes with an access token', async () => {
    const principal = { ...limited({ requestsPerMinute: 1 }), keyId: null };
    await ask(good, createUuidV7(), principal);
    expect((await ask(good, createUuidV7(), principal)).status).toBe(429);
  });

  it('answers 429 to more requests at once than the key may have', async () => {
    const principal = limited({ concurrentRequests: 1 });
    world.fault = { kind: 'stall', afterChunks: 1 };
    const running = await openStream(`${world.url}${path}`, await world.headers(createUuidV7(), principal), {
      ...good,
      stream: true,
    });
    const refused = await ask(good, createUuidV7(), principal);
    running.leave();

    expect(refused.status).toBe(429);
    expect(refused.json.error?.code).toBe('rate_limit_exceeded');
  });
});

describe('credit', () => {
  it('answers 429 insufficient_quota if the balance does not cover the worst case, and calls no provider', async () => {
    const poor = await startWorld({ balanceNanoUsd: 1000n });
    try {
      const answer = await poor.post(path, good);

      expect(answer.status).toBe(429);
      expect(answer.headers.get('x-should-retry')).toBe('false');
      expect(await answer.json()).toMatchObject({ error: { code: 'insufficient_quota', type: 'insufficient_quota' } });
      expect(poor.mock.ledger.records()).toEqual([]);
      await poor.waitUntilNothingHeld();
    } finally {
      await poor.stop();
    }
  });

  it('answers 503 billing_unavailable if no store can be asked, and serves from credit that is there', async () => {
    const cut = await startWorld();
    try {
      cut.billing.isDown = true;
      const refused = await cut.post(path, good);
      await cut.admission.grantCredit({ orgId: cut.principal.orgId, leaseId: 'l', amountNanoUsd: 10_000_000_000n });
      const served = await cut.post(path, good);

      expect([refused.status, served.status]).toEqual([503, 200]);
      expect(await refused.json()).toMatchObject({ error: { code: 'billing_unavailable' } });
      expect(refused.headers.get('retry-after')).toBe('1');
    } finally {
      await cut.stop();
    }
  });

  it('lets a hundred requests that find no credit share a few leases', async () => {
    const crowd = await startWorld();
    try {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => crowd.post(path, { ...good, max_tokens: 5 })),
      );

      expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 100 }, () => 200));
      expect(crowd.billing.asked.length).toBeLessThan(20);
      await crowd.waitUntilNothingHeld();
    } finally {
      await crowd.stop();
    }
  });

  it('never spends more than the balance, however many come at once', async () => {
    const crowd = await startWorld({ balanceNanoUsd: 200_000n });
    try {
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => crowd.post(path, { ...good, max_tokens: 40 })),
      );
      await crowd.waitUntilNothingHeld();
      const spent = crowd.mock.ledger.records().reduce((sum, record) => sum + BigInt(record.amountNanoUsd), 0n);

      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 429]));
      expect(spent).toBeLessThanOrEqual(200_000n);
    } finally {
      await crowd.stop();
    }
  });
});

describe('the counter store', () => {
  it('answers 503 while it is away, and calls no provider', async () => {
    const away = () => Promise.reject(new Error('away'));
    const admission = { ...bindStore(createMemoryAdmissionStore()), admit: away, settle: away };
    const blind = await startWorld({ admission });
    try {
      const answer = await blind.post(path, good);

      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ error: { code: 'service_unavailable' } });
      expect(blind.mock.ledger.records()).toEqual([]);
    } finally {
      await blind.stop();
    }
  });
});

describe('overload', () => {
  it('answers 409 to a request that is here already, and leaves the first alone', async () => {
    world.fault = { kind: 'stall', afterChunks: 1 };
    const headers = await world.headers(createUuidV7());
    const running = await openStream(`${world.url}${path}`, headers, { ...good, stream: true });
    const twin = await world.post(path, good, headers);

    expect(twin.status).toBe(409);
    expect((await world.admission.readCredit(world.principal.orgId)).openHolds).toBe(1);
    running.leave();
    await world.waitUntilNothingHeld();
  });

  it('refuses at once what one key or the proxy has no room for, and serves again when there is room (I12)', async () => {
    const small = await startWorld({ environment: { PROXY_REQUESTS_IN_FLIGHT_MAX: '4' } });
    const open = async (principal = createPrincipal()) =>
      openStream(`${small.url}${path}`, await small.headers(undefined, principal), { ...good, stream: true });
    const ask = async (principal = createPrincipal()) => {
      const answer = await small.post(path, good, await small.headers(undefined, principal));
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() };
    };
    try {
      small.fault = { kind: 'stall', afterChunks: 1 };
      const key = createPrincipal();
      const running = [await open(key)];
      const own = await ask(key);
      running.push(await open());
      const any = await ask();
      small.fault = null;
      for (const stream of running) stream.leave();

      expect(own).toMatchObject({ status: 429, retryAfter: '1', body: { error: { code: 'rate_limit_exceeded' } } });
      expect(any).toMatchObject({ status: 503, retryAfter: '1', body: { error: { code: 'service_unavailable' } } });
      await waitFor(async () => (await ask(key)).status === 200, { describe: 'room again' });
    } finally {
      await small.stop();
    }
  });

  it('serves others while one key fills its share of memory with slow bodies (I12)', async () => {
    const slow = await startWorld({ environment: { PROXY_BODY_BYTES_IN_FLIGHT_MAX: String(300 * 1024 * 1024) } });
    const key = createPrincipal();
    const begin = async (length: Record<string, string>) => {
      const headers = { ...(await slow.headers(undefined, key)), 'content-type': 'application/json', ...length };
      const sent = sendRequest(`${slow.url}${path}`, { method: 'POST', headers });
      const status = new Promise<number>((resolve) => {
        sent.once('response', (answer) => resolve(answer.statusCode ?? 0)).on('error', () => resolve(0));
      });
      sent.write('{"model":');
      return { sent, status };
    };
    try {
      const chunked = await Promise.all(Array.from({ length: 25 }, () => begin({ 'transfer-encoding': 'chunked' })));
      const long = await Promise.all(Array.from({ length: 8 }, () => begin({ 'content-length': '19000000' })));
      const refused = long.map(({ status }) => status);
      await waitFor(() => slow.proxy.context.room.count === 26, { describe: 'one long body and all chunked ones' });
      const answer = await slow.post(path, good, await slow.headers(undefined, createPrincipal()));

      expect(answer.status).toBe(200);
      expect(slow.proxy.context.room.memoryTaken).toBeLessThan(100 * 1024 * 1024);
      for (const { sent } of [...chunked, ...long]) sent.destroy();
      expect((await Promise.all(refused)).filter((status) => status === 429)).toHaveLength(7);
      await waitFor(() => slow.proxy.context.room.memoryTaken === 0, { describe: 'room again' });
    } finally {
      await slow.stop();
    }
  });
});
