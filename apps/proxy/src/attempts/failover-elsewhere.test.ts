import type { IncomingMessage, ServerResponse } from 'node:http';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { chunkEvent, toEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import {
  eventStream,
  type ScriptedWorld,
  startScriptedWorld,
  streamEnd,
  wholeText,
  words,
} from '../testing/start-scripted-world.ts';

const silenceMs = 1000;
/** Less than the request's own limit, which a wait for a silent provider would take. */
const soonMs = 30_000;
const messages = [{ role: 'user', content: 'Hello' }];
const wholeStream = words.map((word) => chunkEvent(word)).join('') + streamEnd;
let world: ScriptedWorld;
beforeAll(async () => {
  world = await startScriptedWorld({
    environment: {
      FAILOVER_FIRST_TOKEN_TIMEOUT_MS: String(silenceMs),
      FAILOVER_IDLE_TIMEOUT_MS: String(silenceMs),
      FAILOVER_ANSWER_TIMEOUT_MS: String(silenceMs),
      RETRY_DELAY_MS: '20',
      ONE_API_KEY: 'one',
      ONE_API_KEY_2: 'two',
    },
    prefills: ['p2'],
  });
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.reset();
  // A whole answer closes the breakers that a test before has opened.
  for (const model of ['p1/m', 'p2/m', 'p3/m', 'keys']) await ask(model, false);
  for (const provider of world.providers) provider.requests = 0;
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const torn =
  (count = 3): Answer =>
  (_request, response) => {
    response.writeHead(200, eventStream);
    response.write(
      words
        .slice(0, count)
        .map((word) => chunkEvent(word))
        .join(''),
      () => response.destroy(),
    );
  };
const stalled =
  (count: number): Answer =>
  (_request, response) => {
    response.writeHead(200, eventStream).write(
      words
        .slice(0, count)
        .map((word) => chunkEvent(word))
        .join(''),
    );
  };
const silent: Answer = () => undefined;
const status =
  (code: number, headers: Record<string, string> = {}, error: object = { message: 'no' }): Answer =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
const refused: Answer = (request) => void request.socket.destroy();
const context = status(
  400,
  {},
  { message: 'too long', code: 'context_length_exceeded', type: 'invalid_request_error' },
);

async function ask(model: string, isStreamed: boolean) {
  const requestId = createUuidV7();
  const startedMs = performance.now();
  const body = { model, messages: [{ role: 'user', content: 'Hello' }], ...(isStreamed && { stream: true }) };
  const client = await openStream(`${world.url}/v1/chat/completions`, await world.headers(requestId), body);
  expect(await client.over()).toBe('end');
  const isEventStream = client.headers['content-type']?.includes('event-stream') === true;
  const received = readReceived(isEventStream ? client.events() : [client.text()]);
  const { status: code, headers } = client;
  return { requestId, received, status: code, headers, tookMs: performance.now() - startedMs };
}

const counts = () => world.providers.map(({ requests }) => requests);

describe('a torn stream', () => {
  it.each<[string, Answer]>([
    ['is silent', silent],
    ['returns 503', status(503)],
    ['returns 401', status(401)],
    ['breaks the connection', refused],
    ['returns 429', status(429, { 'retry-after': '30' })],
  ])('is continued by the third provider when the second %s (I9)', async (_, answer) => {
    const [p1, p2] = world.providers;
    p1.answer = torn();
    p2.answer = answer;
    const { received, tookMs, requestId } = await ask('all', true);

    expect(received).toMatchObject({
      text: wholeText,
      isDone: true,
      error: null,
      ids: 1,
      roles: 1,
      provider: 'p3',
      resumedFrom: 'p1',
    });
    expect(tookMs).toBeLessThan(soonMs);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed' });
    await world.waitUntilNothingHeld();
  });

  it('ends with one error event soon when the only other provider is silent', async () => {
    const [p1, p2] = world.providers;
    p1.answer = torn();
    p2.answer = silent;
    const { received, tookMs } = await ask('two', true);

    expect(received).toMatchObject({ error: 'upstream_stream_cut', isDone: false });
    expect(tookMs).toBeLessThan(soonMs);
  });

  it('ends with the first failure when the second provider continues it and stalls: one resume a request', async () => {
    const [p1, p2, p3] = world.providers;
    p1.answer = torn();
    p2.answer = stalled(8);
    const { received, tookMs } = await ask('all', true);

    expect(received).toMatchObject({ error: 'upstream_stream_cut', isDone: false });
    expect(received.text.startsWith(words.slice(0, 3).join(''))).toBe(true);
    expect(tookMs).toBeLessThan(soonMs);
    expect(p3.requests).toBe(0);
  });

  it('is retried once at the last provider that refused to continue it', async () => {
    const [p1, p2] = world.providers;
    p1.answer = torn();
    const whole = p2.answer;
    p2.answer = (request, response) => (p2.requests < 3 ? status(503)(request, response) : whole(request, response));
    const { received } = await ask('two', true);

    expect(received).toMatchObject({ text: wholeText, isDone: true, resumedFrom: 'p1' });
  });

  it('does not ask for a prefill again for a while when the model rejected one', async () => {
    const [p1, p2] = world.providers;
    p1.answer = torn();
    const whole = p2.answer;
    const roles: string[] = [];
    p2.answer = (request, response) => {
      const last = JSON.parse(p2.lastBody).messages.at(-1).role;
      roles.push(last);
      if (last === 'assistant') status(400)(request, response);
      else whole(request, response);
    };
    for (let request = 0; request < 2; request += 1) {
      expect((await ask('two', true)).received).toMatchObject({ text: wholeText, isDone: true, error: null });
    }
    expect(roles).toEqual(['assistant', 'user', 'user']);
  });
});

describe('a stream that is torn in its thoughts', () => {
  const thoughts = Array.from({ length: 6 }, (_, index) => `think ${index + 1} `);
  const think = (content: string, name: string) =>
    toEvent({
      ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' },
      choices: [{ index: 0, delta: { [name]: content }, finish_reason: null }],
    });

  it.each([
    ['/v1/chat/completions', 'reasoning_content'],
    ['/v1/chat/completions', 'reasoning'],
    ['/v1/messages', 'reasoning_content'],
    ['/v1/responses', 'reasoning_content'],
  ])('has each thought once on %s, sent as %s (I9)', async (url, name) => {
    const [p1, p2] = world.providers;
    const text = thoughts.map((thought) => think(thought, name)).join('');
    p1.answer = (_request, response) => void response.writeHead(200, eventStream).write(text, () => response.destroy());
    p2.answer = (_request, response) => void response.writeHead(200, eventStream).end(text + wholeStream);
    const asked = {
      model: 'two',
      stream: true,
      ...(url.endsWith('responses') ? { input: 'Hello' } : { messages }),
      max_tokens: 500,
    };
    const client = await openStream(`${world.url}${url}`, await world.headers(), asked);
    await client.over();
    const events = client
      .events()
      .filter((event) => event !== '[DONE]')
      .map((event) => JSON.parse(event));
    const said = events.map(({ type, delta, choices }) => {
      if (choices !== undefined) return choices[0]?.delta.reasoning_content ?? '';
      return type === 'response.reasoning_text.delta' || type === 'response.reasoning_summary_text.delta'
        ? delta
        : (delta?.thinking ?? '');
    });
    expect(said.join('')).toBe(thoughts.join(''));
    expect(client.text()).toContain('w20');
    expect(client.text()).not.toContain('"error":{');
  });
});

describe('the failure that the client receives', () => {
  it.each<[string, Answer, Answer, number, string, string | undefined, string]>([
    [
      'a request that is too long, and an outage',
      context,
      status(503),
      400,
      'context_length_exceeded',
      undefined,
      'false',
    ],
    [
      'a limit with a wait, and a dead key',
      status(429, { 'retry-after': '30' }),
      status(401),
      429,
      'rate_limit_exceeded',
      '30',
      'true',
    ],
    [
      'a limit with a wait, and an outage',
      status(429, { 'retry-after': '30' }),
      status(503),
      429,
      'rate_limit_exceeded',
      '30',
      'true',
    ],
    ['an outage, and a rejected request', status(503), status(400), 400, 'upstream_rejected', undefined, 'false'],
    ['an outage, and a dead key', status(503), status(401), 502, 'upstream_error', undefined, 'true'],
  ])('is the one that helps it: %s', async (_, first, second, code, error, retryAfter, shouldRetry) => {
    for (const isStreamed of [true, false]) {
      world.reset();
      const [p1, p2] = world.providers;
      p1.answer = first;
      p2.answer = second;
      const asked = await ask('two', isStreamed);
      expect({ status: asked.status, error: asked.received.error }).toEqual({ status: code, error });
      expect(asked.headers['retry-after']).toBe(retryAfter);
      expect(asked.headers['x-should-retry']).toBe(shouldRetry);
      expect(await world.usageOf(asked.requestId)).toMatchObject({
        outcome: 'failed',
        errorCode: error,
        amountNanoUsd: '0',
      });
    }
  });
});

describe('a limit whose wait is a date', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

  it.each([true, false])('is waited for when it is near, streamed: %s', async (isStreamed) => {
    const [p1] = world.providers;
    const whole = p1.answer;
    p1.answer = (request, response) =>
      p1.requests === 1 ? status(429, { 'retry-after': inSeconds(1) })(request, response) : whole(request, response);
    const { received, tookMs } = await ask('two', isStreamed);

    expect(received).toMatchObject({ text: wholeText, provider: 'p1' });
    expect(tookMs).toBeGreaterThanOrEqual(1000);
  });

  it('makes the target rest when it is far, and is passed on to the client', async () => {
    const [p1] = world.providers;
    p1.answer = (request, response) => status(429, { 'retry-after': inSeconds(3600) })(request, response);
    expect((await ask('two', true)).received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect((await ask('two', true)).received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(p1.requests).toBe(1);
    const { status: code, headers } = await ask('alone', true);
    expect(code).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(3500);
  });
});

describe('a second key of one provider', () => {
  const late: (count: number) => Answer = (count) => {
    const [p1] = world.providers;
    const whole = p1.answer;
    return (request, response) => {
      if (p1.requests > count) whole(request, response);
      else setTimeout(() => whole(request, response), silenceMs * 3);
    };
  };

  it.each([true, false])('does not shorten the wait for a slow answer, streamed: %s', async (isStreamed) => {
    const [p1] = world.providers;
    p1.answer = late(1);
    const { received, tookMs } = await ask('keys', isStreamed);

    expect(received).toMatchObject({ text: wholeText, provider: 'keyed' });
    expect(tookMs).toBeGreaterThanOrEqual(silenceMs * 3 - 50);
    expect(counts()).toEqual([1, 0, 0]);
  });

  it('is passed over after silence when another provider is left', async () => {
    const [p1] = world.providers;
    p1.answer = silent;
    const { received } = await ask('keys-then-other', true);

    expect(received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(counts()).toEqual([1, 1, 0]);
  });

  it.each<[string, Answer]>([
    ['breaks the connection', refused],
    [
      'is torn',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ],
    ['is not understood', (_request, response) => void response.writeHead(200).end('<html>')],
  ])('is not asked for a plain answer that %s: one key would get as many attempts', async (_, answer) => {
    const [p1] = world.providers;
    p1.answer = answer;
    expect((await ask('keys', false)).status).toBe(502);
    expect(p1.requests).toBe(2);
  });

  it('is asked when the first key is dead', async () => {
    const [p1] = world.providers;
    const whole = p1.answer;
    p1.answer = (request, response) => (p1.requests === 1 ? status(401)(request, response) : whole(request, response));
    expect((await ask('keys', true)).received).toMatchObject({ text: wholeText, provider: 'keyed' });
  });
});

describe('a provider that fails its probes', () => {
  it('comes last, until a live request has had a whole answer', async () => {
    const { trials } = world.proxy.context.routing;
    trials.setUnhealthy(['p1']);
    expect((await ask('two', true)).received).toMatchObject({ provider: 'p2' });
    expect((await ask('p1/m', true)).received).toMatchObject({ provider: 'p1' });
    expect((await ask('two', true)).received).toMatchObject({ provider: 'p1' });
    trials.setUnhealthy([]);
  });

  it('gets a live request after a while, and keeps its place if that is served', async () => {
    const { trials } = world.proxy.context.routing;
    trials.setUnhealthy(['p1']);
    expect((await ask('two', true)).received).toMatchObject({ provider: 'p2' });
    world.reset();
    expect((await ask('two', true)).received).toMatchObject({ provider: 'p1' });
    expect((await ask('two', true)).received).toMatchObject({ provider: 'p1' });
    trials.setUnhealthy([]);
  });
});
