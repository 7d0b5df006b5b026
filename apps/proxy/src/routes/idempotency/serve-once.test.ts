import { createMemoryClaimStore } from '@aggregator/expiring-store';
import { claimBounds, createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { chunkEvent } from '../../testing/scripted-upstream.ts';
import { createPrincipal, startWorld, toSnapshot, type World } from '../../testing/start-world.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const chat = { model: 'mock/mock-small', messages };
const claims = createMemoryClaimStore(
  claimBounds({
    idempotencyAnswerBytesMax: 300_000,
    idempotencyOrganizationBytesMax: 10_000_000,
    idempotencyBytesMax: 100_000_000,
  }),
);

let world: World;
let other: World;
let count = 0;
beforeAll(async () => {
  const environment = { RETRY_DELAY_MS: '1', IDEMPOTENCY_ANSWER_BYTES_MAX: '300000', CACHE_POLICY: 'off' };
  world = await startWorld({ environment, claims, chunkDelayMs: 1 });
  other = await startWorld({ environment, claims, after: world });
});
afterAll(async () => {
  await other.stop();
  await world.stop();
});
afterEach(() => {
  world.fault = null;
});

const nextKey = () => {
  count += 1;
  return `order-${count}`;
};

interface Question {
  readonly path?: string;
  readonly principal?: World['principal'];
  readonly of?: World;
}

async function ask(key: string | null, body: unknown, { path, principal, of = world }: Question = {}) {
  const requestId = createUuidV7();
  const headers = {
    'content-type': 'application/json',
    ...(await of.headers(requestId, principal)),
    ...(key !== null && { 'idempotency-key': key }),
  };
  const answer = await of.post(path ?? '/v1/chat/completions', body, headers);
  const { 'x-request-id': id, date: _date, connection: _connection, ...rest } = Object.fromEntries(answer.headers);
  return { requestId, id, status: answer.status, headers: rest, text: await answer.text() };
}

const codeOf = ({ text }: { text: string }): unknown => JSON.parse(text).error?.code;
const callsNow = () => world.mock.ledger.records().length;
const usagesOf = (ids: readonly string[]) =>
  [...world.usages(), ...other.usages()].filter(({ requestId }) => ids.includes(requestId));

const routes: readonly (readonly [string, object])[] = [
  ['/v1/chat/completions', chat],
  ['/v1/completions', { model: 'mock/mock-small', prompt: 'Hello' }],
  ['/v1/responses', { model: 'mock/mock-small', input: 'Hello' }],
  ['/v1/messages', { model: 'mock/mock-small', max_tokens: 50, messages }],
];

describe('equal requests with the same Idempotency-Key (A-F1)', () => {
  it.each([
    ...routes.flatMap(([path, body]) => [[path, body] as const, [path, { ...body, stream: true }] as const]),
    ['/v1/embeddings', { model: 'mock/mock-embedding', input: 'Hello' }] as const,
  ])('are one call, one charge and one answer, byte for byte (I8): %s %j', async (path, body) => {
    const key = nextKey();
    const before = callsNow();
    const first = await ask(key, body, { path });
    const again = await ask(key, body, { path });
    const elsewhere = await ask(key, body, { path, of: other });

    expect(first.status).toBe(200);
    expect(again).toEqual({ ...first, requestId: again.requestId, id: again.requestId });
    expect(elsewhere).toEqual({ ...first, requestId: elsewhere.requestId, id: elsewhere.requestId });
    expect(callsNow() - before).toBe(1);
    await world.usageOf(first.requestId);
    expect(usagesOf([first, again, elsewhere].map(({ requestId }) => requestId))).toHaveLength(1);
  });

  it('are one call, one charge and one answer for pictures (I8)', async () => {
    const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
    const [scripted] = snapshot.providers.flatMap(({ name, models }) => (name === 'scripted' ? models : []));
    if (scripted === undefined) throw new Error('no scripted model');
    const drawing = { ...scripted, id: 'drawing', operations: ['images.generations' as const] };
    const providers = snapshot.providers.map((one) =>
      one.name === 'scripted' ? { ...one, models: [scripted, drawing] } : one,
    );
    world.orchestrator.publish({ ...snapshot, providers });
    await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 2, { describe: 'the model' });
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ created: 1, data: [{ b64_json: 'AAAA' }] }));
    };
    const key = nextKey();
    const before = world.scripted.requests;
    const [first, again] = [
      await ask(key, { model: 'drawing', prompt: 'a' }, { path: '/v1/images/generations' }),
      await ask(key, { model: 'drawing', prompt: 'a' }, { path: '/v1/images/generations' }),
    ];
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect(world.scripted.requests - before).toBe(1);
    await world.usageOf(first.requestId);
    expect(usagesOf([again.requestId])).toEqual([]);
  });

  it('are one call and one charge when 50 come at once at two proxies (I8)', async () => {
    const key = nextKey();
    const before = callsNow();
    const streamed = { ...chat, stream: true };
    const all = await Promise.all(
      Array.from({ length: 50 }, (_none, at) => ask(key, streamed, { of: at % 2 ? world : other })),
    );
    const answered = all.filter(({ status }) => status === 200);
    const refused = all.filter(({ status }) => status !== 200);

    expect(new Set(answered.map(({ text }) => text)).size).toBe(1);
    expect(refused.length).toBeGreaterThan(40);
    expect(new Set(refused.map((one) => `${one.status} ${codeOf(one)} ${one.headers['retry-after']}`))).toEqual(
      new Set(['409 idempotency_in_progress 1']),
    );
    expect((await ask(key, streamed)).text).toBe(answered[0]?.text);
    expect(callsNow() - before).toBe(1);
    await waitFor(() => usagesOf(all.map(({ requestId }) => requestId)).length > 0, { describe: 'the charge' });
    expect(usagesOf(all.map(({ requestId }) => requestId))).toHaveLength(1);
  });

  it('give the answer to the automatic retry of an SDK whose stream broke off before its head', async () => {
    const key = nextKey();
    const before = callsNow();
    let calls = 0;
    const client = new OpenAI({
      apiKey: 'unused',
      baseURL: `${world.url}/v1`,
      maxRetries: 3,
      fetch: async (url, init) => {
        const headers = new Headers(init?.headers);
        for (const [name, value] of Object.entries(await world.headers())) headers.set(name, value);
        const answer = await fetch(url, { ...init, headers });
        calls += 1;
        if (calls > 1) return answer;
        await answer.text();
        throw new TypeError('the connection broke');
      },
    });
    const body = {
      model: 'mock/mock-small',
      messages: [{ role: 'user' as const, content: 'Hello' }],
      stream: true as const,
    };
    const stream = await client.chat.completions.create(body, { headers: { 'idempotency-key': key } });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';

    expect(text.length).toBeGreaterThan(10);
    expect([calls, callsNow() - before]).toEqual([2, 1]);
  });
});

describe('an Idempotency-Key', () => {
  it('that was used with another body is refused', async () => {
    const key = nextKey();
    await ask(key, chat);
    const reused = await ask(key, { ...chat, temperature: 1 });
    expect([reused.status, codeOf(reused), reused.headers['x-should-retry']]).toEqual([
      422,
      'idempotency_key_reused',
      'false',
    ]);
  });

  it('is another one for another route and for another organisation, and the same for another key of the organisation', async () => {
    const key = nextKey();
    const first = await ask(key, chat);
    const path = '/v1/responses';
    expect((await ask(key, { model: 'mock/mock-small', input: 'Hello' }, { path })).status).toBe(200);
    const foreign = await ask(key, chat, { principal: createPrincipal() });
    const colleague = await ask(key, chat, { principal: { ...world.principal, keyId: createUuidV7() } });
    expect(foreign.status).toBe(200);
    expect(foreign.text).not.toBe(first.text);
    expect(colleague.text).toBe(first.text);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a space', 'order 1'],
    ['with other letters', 'order-\u00e4'],
  ])('that is %s is refused before anything is sent', async (_name, key) => {
    const before = callsNow();
    const refused = await ask(key, chat);
    expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid_value']);
    expect(callsNow()).toBe(before);
  });

  it('of 255 characters is taken', async () => {
    expect((await ask('k'.repeat(255), chat)).status).toBe(200);
  });

  it('is free again after a request that was refused before it was sent', async () => {
    const key = nextKey();
    expect((await ask(key, { ...chat, temperature: 9 })).status).toBe(400);
    expect((await ask(key, { ...chat, model: 'no-such-model' })).status).toBe(404);
    expect((await ask(key, chat)).status).toBe(200);
  });

  it.each([false, true])('is free again after a failure that cost nothing, streamed: %s', async (stream) => {
    const key = nextKey();
    world.fault = { kind: 'status', status: 500 };
    expect((await ask(key, { ...chat, stream })).status).toBeGreaterThanOrEqual(500);
    world.fault = null;
    expect((await ask(key, { ...chat, stream })).status).toBe(200);
  });

  it('gives a broken stream again if it was charged', async () => {
    const key = nextKey();
    const before = callsNow();
    world.fault = { kind: 'cut', afterChunks: 5 };
    const first = await ask(key, { ...chat, stream: true });
    world.fault = null;
    const usage = await world.usageOf(first.requestId);
    const again = await ask(key, { ...chat, stream: true });
    expect(BigInt(usage.amountNanoUsd)).toBeGreaterThan(0n);
    expect([again.text, callsNow() - before]).toEqual([first.text, 1]);
  });

  it('of an answer that is too long to be kept says so, and is not charged again', async () => {
    const key = nextKey();
    const content = 'x'.repeat(400_000);
    world.scripted.answer = (_request, response) => {
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'a', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
    };
    const before = world.scripted.requests;
    const body = { ...chat, model: 'scripted-model' };
    expect((await ask(key, body)).text).toContain(content);
    const again = await ask(key, body);
    expect([again.status, codeOf(again)]).toEqual([409, 'idempotency_answer_lost']);
    expect(world.scripted.requests - before).toBe(1);
  });

  it.each([false, true])('of a client that left has the whole answer for its repeat, streamed: %s', async (stream) => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const head = { id: 'a', created: 1, model: 'm' };
    world.scripted.answer = (_request, response) => {
      if (stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunkEvent('One '));
      }
      world.scripted.goOn = () => {
        if (stream) response.end(`${chunkEvent('two.', 'stop')}data: [DONE]\n\n`);
        else {
          const choices = [{ index: 0, message: { role: 'assistant', content: 'One two.' }, finish_reason: 'stop' }];
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
        }
      };
    };
    const key = nextKey();
    const body = { ...chat, model: 'scripted-model', stream };
    const before = world.scripted.requests;
    const requestId = createUuidV7();
    const left = new AbortController();
    const asked = fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await world.headers(requestId)), 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: left.signal,
    }).then((answer) => answer.text());
    await waitFor(() => world.scripted.requests > before, { describe: 'the call' });
    left.abort();
    await expect(asked).rejects.toThrow();
    expect(codeOf(await ask(key, body))).toBe('idempotency_in_progress');
    world.scripted.goOn();
    let again = await ask(key, body);
    await waitFor(
      async () => {
        again = await ask(key, body);
        return again.status !== 409;
      },
      { describe: 'the answer' },
    );
    expect([again.status, again.text]).toEqual([200, expect.stringContaining(stream ? 'two.' : 'One two.')]);
    expect(world.scripted.requests - before).toBe(1);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed' });
  });
});

describe('a request with an Idempotency-Key whose store is away', () => {
  it('is refused with 503 and Retry-After, and one without a key is served', async () => {
    const away = await startWorld({
      after: world,
      claims: {
        ...createMemoryClaimStore({
          keptMs: 1,
          entriesMax: 1,
          tenantEntriesMax: 1,
          bytesMax: 1,
          tenantBytesMax: 1,
          valueBytesMax: 1,
        }),
        claim: () => Promise.reject(new Error('away')),
        close: () => Promise.resolve(),
      },
    });
    const before = callsNow();
    const refused = await ask(nextKey(), chat, { of: away });
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([
      503,
      'idempotency_unavailable',
      '2',
    ]);
    expect(callsNow()).toBe(before);
    expect((await ask(null, chat, { of: away })).status).toBe(200);
    await away.stop();
  });
});
