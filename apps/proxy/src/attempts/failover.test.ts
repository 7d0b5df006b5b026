import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { openStream } from '../testing/sse-client.ts';
import { type FailoverWorld, startFailoverWorld } from '../testing/start-failover-world.ts';

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Write a story' }];
const tokens = 60;
/** The limits of silence in this world; a provider that is silent costs one of them. */
const silenceMs = 1000;
/** Less than the request's own limit, which a wait for the wrong thing would take; a busy machine may need some of it. */
const soonMs = 30_000;

let world: FailoverWorld;
let clockMs = 0;
let whole = '';

beforeAll(async () => {
  world = await startFailoverWorld({
    monotonicNow: () => clockMs,
    environment: {
      FAILOVER_FIRST_TOKEN_TIMEOUT_MS: String(silenceMs),
      FAILOVER_IDLE_TIMEOUT_MS: String(silenceMs),
      FAILOVER_ANSWER_TIMEOUT_MS: String(silenceMs),
      RETRY_DELAY_MS: '20',
    },
  });
  whole = (await ask('story', false)).received.text;
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.primary.reset();
  world.fallback.reset();
  // The state that one fault left behind is cleared for the next.
  clockMs += 3_600_000;
  await ask('story', true);
  world.primary.reset();
  world.fallback.reset();
});

async function ask(model: string, isStreamed: boolean, change: object = {}) {
  const requestId = createUuidV7();
  const startedMs = performance.now();
  const body = { model, messages, ...(isStreamed && { stream: true }), ...change };
  const client = await openStream(`${world.url}${path}`, await world.headers(requestId), body);
  expect(await client.over()).toBe('end');
  const isEventStream = client.headers['content-type']?.includes('event-stream') === true;
  const received = readReceived(isEventStream ? client.events() : [client.text()]);
  return { requestId, received, status: client.status, headers: client.headers, tookMs: performance.now() - startedMs };
}

/** One whole answer, sent once, by `provider`; one charge, equal to what that provider says. */
async function expectWhole(asked: Awaited<ReturnType<typeof ask>>, provider: 'primary' | 'fallback', attempts: number) {
  const { requestId, received, status } = asked;
  expect({ status, text: received.text, error: received.error, finishReasons: received.finishReasons }).toEqual({
    ...{ status: 200, text: whole, error: null },
    finishReasons: ['stop'],
  });
  expect(received.ids).toBe(1);
  expect(received.provider).toBe(provider);
  const usage = await world.usageOf(requestId);
  expect(usage).toMatchObject({ outcome: 'completed', provider, attempt: attempts });
  expect(usage.attempts).toHaveLength(attempts);
  expect(usage.attempts.at(-1)).toMatchObject({ provider, errorCode: null });
  await waitFor(() => world.primary.openAttempts().length + world.fallback.openAttempts().length === 0, {
    describe: 'the providers to be left alone',
  });
  await world.waitUntilNothingHeld();
  return usage;
}

describe.each([true, false])('a provider that fails before anything was delivered, streamed: %s', (isStreamed) => {
  it('1: once with 429 and Retry-After is asked again after exactly that wait', async () => {
    world.primary.fault = (_, count) => (count === 1 ? { kind: 'status', status: 429, retryAfterSeconds: 1 } : null);
    const asked = await ask('story', isStreamed);

    await expectWhole(asked, 'primary', 2);
    expect(asked.tookMs).toBeGreaterThanOrEqual(1000);
    expect(world.fallback.count).toBe(0);
  });

  it('2: with 429 for ever and no wait is tried three times, then the next one answers', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 429 });
    const asked = await ask('story', isStreamed);

    const { attempts } = await expectWhole(asked, 'fallback', world.primary.count + 1);
    // A refusal is not billed.
    expect(attempts.filter(({ spent }) => spent !== undefined)).toEqual([]);
    expect(world.primary.count).toBeLessThanOrEqual(3);
    expect(asked.tookMs).toBeLessThan(soonMs);
  });

  it('3: once with 500 is asked again once', async () => {
    world.primary.fault = (_, count) => (count === 1 ? { kind: 'status', status: 500 } : null);
    await expectWhole(await ask('story', isStreamed), 'primary', 2);
  });

  it('4 and 16: for ever with 503 gives way to the next, whose name, price and usage are reported', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 503 });
    const asked = await ask('story', isStreamed, isStreamed ? { stream_options: { include_usage: true } } : {});
    const usage = await expectWhole(asked, 'fallback', world.primary.count + 1);
    const truth = world.fallback.server.ledger.find(`${asked.requestId}/${usage.attempt}`)[0];

    expect(usage).toMatchObject({ model: 'mock-large', amountNanoUsd: truth?.amountNanoUsd, estimated: false });
    expect(asked.received.models).toEqual(['mock-large']);
    expect(asked.tookMs).toBeLessThan(soonMs);
  });

  it('5: with a reset before its head is asked again on a new connection', async () => {
    world.primary.fault = (_, count) => (count === 1 ? { kind: 'cut', afterChunks: 0 } : null);
    await expectWhole(await ask('story', isStreamed), 'primary', 2);
  });

  it('6: with silence is not asked again: the next one answers', async () => {
    world.primary.fault = () => ({ kind: 'stall', afterChunks: 0 });
    const asked = await ask('story', isStreamed);

    await expectWhole(asked, 'fallback', 2);
    expect(asked.tookMs).toBeLessThan(soonMs);
    const [silent, served] = (await world.usageOf(asked.requestId)).attempts;
    expect(silent).toMatchObject({ errorCode: 'upstream_timeout', spent: { priceVersion: expect.any(String) } });
    expect(silent?.spent?.usage.inputUncached).toBeGreaterThan(0);
    expect(BigInt(silent?.spent?.costNanoUsd ?? 0)).toBeGreaterThan(0n);
    expect(served?.spent).toBeUndefined();
  });

  it('12: with a context that is too short is not asked again: the next one answers', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 400, code: 'context_length_exceeded' });
    await expectWhole(await ask('story', isStreamed), 'fallback', 2);
    expect(world.primary.count).toBe(1);
  });

  it('13: with a policy refusal is the last one asked, and its words are returned', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 400, code: 'content_policy_violation' });
    const { status, received, requestId } = await ask('story', isStreamed);

    expect({ status, error: received.error }).toEqual({ status: 400, error: 'content_policy_violation' });
    expect(world.primary.count + world.fallback.count).toBe(1);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
  });

  it('of an unknown model gives way to the next provider, and no breaker opens', async () => {
    for (let time = 0; time < 4; time += 1) {
      world.primary.fault = () => ({ kind: 'status', status: 404, code: 'model_not_found' });
      await expectWhole(await ask('story', isStreamed), 'fallback', 2);
    }
  });

  it('of an unknown model with no other provider to ask answers 404, not asked again, and free', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 404, code: 'model_not_found' });
    const { status, received, headers, requestId } = await ask('alone', isStreamed);

    expect({ status, error: received.error }).toEqual({ status: 404, error: 'model_not_found' });
    expect(headers['x-should-retry']).toBe('false');
    expect(world.primary.count).toBe(1);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
  });

  it('13: with a policy refusal gives way where the route says so', async () => {
    world.primary.fault = () => ({ kind: 'status', status: 400, code: 'content_policy_violation' });
    await expectWhole(await ask('shopping', isStreamed), 'fallback', 2);
  });

  it.each([
    [429, 429, 'rate_limit_exceeded'],
    [500, 502, 'upstream_error'],
    [401, 502, 'upstream_misconfigured'],
  ])('with %i and no other provider answers %i, after no more retries than are set', async (fault, status, code) => {
    world.primary.fault = () => ({ kind: 'status', status: fault });
    const asked = await ask('alone', isStreamed);

    expect({ status: asked.status, error: asked.received.error }).toEqual({ status, error: code });
    expect(world.primary.count).toBeLessThanOrEqual(4);
    expect(await world.usageOf(asked.requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
    await world.waitUntilNothingHeld();
  });
});

describe('a stream that goes wrong', () => {
  it('7: with a head and then silence is given up like one without a head', async () => {
    world.primary.fault = () => ({ kind: 'stall', afterChunks: 0, hasHead: true });
    const asked = await ask('story', true);

    await expectWhole(asked, 'fallback', 2);
    expect(asked.received.roles).toBe(1);
    expect(asked.tookMs).toBeLessThan(soonMs);
  });

  it.each([1, 2, 40, 59, 60])(
    '8: torn after %i of 60 tokens continues at the next, in one stream',
    async (afterChunks) => {
      world.primary.fault = () => ({ kind: 'cut', afterChunks });
      const asked = await ask('story', true);

      expect(asked.received.isDone).toBe(true);
      expect(asked.received.roles).toBe(1);
      if (asked.received.resumedFrom !== null) expect(asked.received.resumedFrom).toBe('primary');
      const usage = await expectWhole(asked, 'fallback', 2);
      expect(usage.usage.outputText).toBe(tokens);
    },
  );

  it.each([1, 20, 59])(
    '9: silent after %i tokens continues at the next, and the silent one is left',
    async (afterChunks) => {
      world.primary.fault = () => ({ kind: 'stall', afterChunks });
      const asked = await ask('story', true);

      await expectWhole(asked, 'fallback', 2);
      expect(asked.received).toMatchObject({ isDone: true, roles: 1, resumedFrom: 'primary' });
      expect(asked.tookMs).toBeLessThan(soonMs);
    },
  );

  it.each([0, 30, 59])(
    '10: with one broken event before token %i is whole, each event of it decodable',
    async (beforeChunk) => {
      world.primary.fault = () => ({ kind: 'malformed', beforeChunk });
      const asked = await ask('story', true);

      await expectWhole(asked, 'primary', 1);
      expect(asked.received.isDone).toBe(true);
    },
  );

  it('11: without [DONE] is whole, and has [DONE]', async () => {
    world.primary.fault = () => ({ kind: 'unterminated' });
    const asked = await ask('story', true);

    await expectWhole(asked, 'primary', 1);
    expect(asked.received.isDone).toBe(true);
  });

  it('whose replay says something else ends with one error event: the first failure', async () => {
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    // Fewer tokens than were delivered: it ends before it has said them all.
    const asked = await ask('story', true, { max_tokens: 60, seed: 1 });
    const resumed = await expectWhole(asked, 'fallback', 2);
    expect(resumed.attempts[0]?.spent?.usage.outputText).toBeGreaterThan(10);
    world.primary.reset();
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    world.fallback.fault = () => ({ kind: 'cut', afterChunks: 10 });
    const broken = await ask('story', true);

    expect(broken.received).toMatchObject({ error: 'upstream_stream_cut', isDone: false, finishReasons: [] });
    expect(whole.startsWith(broken.received.text)).toBe(true);
    const usage = await world.usageOf(broken.requestId);
    expect(usage).toMatchObject({ outcome: 'failed', provider: 'primary', usage: { outputText: 20 } });
    expect(usage.attempts).toHaveLength(2);
    // The first is what the customer pays for; the second is our cost alone.
    expect(usage.attempts[0]?.spent).toBeUndefined();
    expect(usage.attempts[1]?.spent?.usage).toMatchObject({ inputUncached: expect.any(Number) });
  });

  it('with no provider left ends with one error event', async () => {
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    const { received } = await ask('alone', true);

    expect(received).toMatchObject({ error: 'upstream_stream_cut', isDone: false });
  });

  it('is not continued if the route says so', async () => {
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    const { received } = await ask('unresumed', true);

    expect(received).toMatchObject({ error: 'upstream_stream_cut', isDone: false });
    expect(world.fallback.count).toBe(0);
  });

  it('with a tool call in flight continues inside its arguments', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
    const reference = await toolArguments(tools);
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 4 });

    expect(await toolArguments(tools)).toEqual(reference);
    expect(world.fallback.count).toBe(1);
  });

  async function toolArguments(tools: unknown[]) {
    const body = { model: 'story', messages, stream: true, tools, tool_choice: 'required' };
    const client = await openStream(`${world.url}${path}`, await world.headers(), body);
    await client.over();
    const deltas = client
      .events()
      .filter((event) => event !== '[DONE]')
      .flatMap((event) => JSON.parse(event).choices[0]?.delta.tool_calls ?? []);
    return {
      names: deltas.flatMap((delta) => delta.function.name ?? []),
      arguments: deltas.map((delta) => delta.function.arguments ?? '').join(''),
    };
  }
});

describe('on every surface, a stream', () => {
  const bodies = {
    '/v1/chat/completions': { messages },
    '/v1/completions': { prompt: 'Write a story' },
    '/v1/responses': { input: 'Write a story' },
    '/v1/messages': { messages, max_tokens: 1000 },
  };
  const surfaces = Object.entries(bodies).map(([url, body]) => ({ url, body }));

  async function openOn({ url, body }: (typeof surfaces)[number], model: string) {
    const client = await openStream(`${world.url}${url}`, await world.headers(), { ...body, model, stream: true });
    expect(await client.over()).toBe('end');
    return client;
  }

  it.each(surfaces)('of $url that is torn reads as if nothing had happened', async (surface) => {
    const reference = await openOn(surface, 'fallback/mock-large');
    world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    const resumed = await openOn(surface, 'story');

    expect(toText(resumed.events())).toBe(whole);
    expect(toKinds(resumed.events())).toEqual(toKinds(reference.events()));
  });

  it.each(surfaces)(
    'of $url that cannot be continued ends with one error, in the words of its API',
    async (surface) => {
      world.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
      const { events } = await openOn(surface, 'alone');
      const errors = events().filter((event) => /"error":\{|"type":"error"/.test(event));

      expect(whole.startsWith(toText(events()))).toBe(true);
      expect(toText(events())).not.toBe('');
      expect(errors.length).toBeGreaterThan(0);
      expect(events().at(-1)).toBe(errors.at(-1));
      expect(events().join()).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
    },
  );

  /** The text that a client reads, under any API's name for it. */
  function toText(events: readonly string[]): string {
    return events
      .filter((event) => event !== '[DONE]')
      .map((event) => {
        const { type, delta, choices } = JSON.parse(event);
        if (choices !== undefined) return choices[0]?.delta?.content ?? choices[0]?.text ?? '';
        if (type === 'response.output_text.delta') return delta;
        return delta?.text ?? '';
      })
      .join('');
  }

  /** The kinds of events in their order, each once. */
  function toKinds(events: readonly string[]): string[] {
    return [...new Set(events.map((event) => (event === '[DONE]' ? event : (JSON.parse(event).type ?? 'chunk'))))];
  }
});

describe('15: a provider that is down for a minute', () => {
  it('costs the caller nothing, and serves again within 30 s of its return', async () => {
    let isDown = true;
    world.primary.fault = () => (isDown ? { kind: 'status', status: 503 } : null);
    const servedBy: (string | null)[] = [];
    for (let request = 0; request < 23; request += 1) {
      if (request === 15) isDown = false;
      const asked = await ask('story', true);
      expect(asked.received).toMatchObject({ text: whole, isDone: true, error: null });
      expect(asked.tookMs).toBeLessThan(soonMs);
      servedBy.push(asked.received.provider);
      clockMs += 4000;
    }
    expect(servedBy.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 'fallback'));
    // 30 s are 7.5 requests.
    expect(servedBy.at(-1)).toBe('primary');
    expect(servedBy.slice(15, 23)).toContain('primary');
  });
});

describe('14: a fallback that continues what was delivered', () => {
  let prefilling: FailoverWorld;
  beforeAll(async () => {
    prefilling = await startFailoverWorld({ canPrefill: true });
  });
  afterAll(() => prefilling.stop());

  it.each([
    ['repeats it, which is sent once', null, 2],
    ['refuses to, which is never sent: it replays instead', 'assistant', 3],
  ])('%s', async (_, refusedRole, attempts) => {
    prefilling.primary.reset();
    prefilling.fallback.reset();
    prefilling.primary.fault = () => ({ kind: 'cut', afterChunks: 20 });
    prefilling.fallback.fault = ({ lastRole }) => (lastRole === refusedRole ? { kind: 'status', status: 400 } : null);
    const requestId = createUuidV7();
    const body = { model: 'story', messages, stream: true };
    const client = await openStream(`${prefilling.url}${path}`, await prefilling.headers(requestId), body);
    await client.over();

    expect(readReceived(client.events())).toMatchObject({ text: whole, isDone: true, ids: 1, roles: 1, error: null });
    expect((await prefilling.usageOf(requestId)).attempts).toHaveLength(attempts);
  });
});
