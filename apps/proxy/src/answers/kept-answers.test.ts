import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { openStream } from '../testing/sse-client.ts';
import { createPrincipal, startWorld, toSnapshot, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';

let world: World;
let question = 0;
beforeAll(async () => {
  world = await startWorld({ environment: { CACHE_HIT_PRICE_PERCENT: '50', RETRY_DELAY_MS: '1' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fault = null;
  question += 1;
});

async function ask(change: object = {}, more: Record<string, string> = {}, principal = world.principal) {
  const requestId = createUuidV7();
  const headers = { ...(await world.headers(requestId, principal)), ...more };
  const messages = [{ role: 'user', content: `Question ${question}` }];
  const body = { model: 'mock/mock-small', messages, temperature: 0, ...change };
  const client = await openStream(`${world.url}${path}`, headers, body);
  await client.over();
  const isStream = client.headers['content-type']?.includes('event-stream') === true;
  const { text, finishReasons, isDone } = readReceived(isStream ? client.events() : [client.text()]);
  const cache = client.headers['x-aggregator-cache'];
  return { requestId, status: client.status, text, finishReasons, isDone, cache, events: client.events() };
}

describe('an answer that was asked for before', () => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('is given again without a call, streamed first: %s, then: %s', async (first, second) => {
    const asked = await ask({ stream: first });
    const before = world.mock.ledger.records().length;
    const again = await ask({ stream: second });

    expect([asked.cache, again.cache]).toEqual(['miss', 'hit']);
    expect(again).toMatchObject({ status: 200, text: asked.text, finishReasons: ['stop'], isDone: second });
    expect(world.mock.ledger.records()).toHaveLength(before);
  });

  it('is charged the share that is set, as one separate request, and gives back what was held', async () => {
    const asked = await ask();
    const again = await ask();
    const full = await world.usageOf(asked.requestId);
    const hit = await world.usageOf(again.requestId);

    expect(hit).toMatchObject({ cache: 'hit', outcome: 'completed', usage: full.usage, attempt: 0, attempts: [] });
    expect(full).toMatchObject({ cache: 'miss' });
    const half = (BigInt(full.amountNanoUsd) + 1n) / 2n;
    expect(BigInt(hit.amountNanoUsd) - half).toBeLessThanOrEqual(1n);
    expect(BigInt(hit.amountNanoUsd)).toBeGreaterThanOrEqual(half - 1n);
    await world.waitUntilNothingHeld();
  });

  it('sends usage and cost to a stream that asks for them, also if it was not streamed before', async () => {
    await ask();
    const { events } = await ask({ stream: true, stream_options: { include_usage: true } });

    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: { completion_tokens: expect.any(Number), cost_nano_usd: expect.any(String) },
    });
  });

  it.each([
    ['another seed', { seed: 8 }],
    ['other tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['another limit', { max_tokens: 5 }],
  ])('is not given for %s', async (_, change) => {
    await ask();
    expect((await ask(change)).cache).toBe('miss');
  });

  it('is never given to another organisation', async () => {
    await ask();
    const other = createPrincipal();
    expect((await ask({}, {}, other)).cache).toBe('miss');
  });

  it('is neither kept nor given where the caller says so', async () => {
    expect((await ask({}, { 'x-aggregator-cache': 'no-store' })).cache).toBe('bypass');
    expect((await ask()).cache).toBe('miss');
    expect((await ask({}, { 'cache-control': 'no-store' })).cache).toBe('bypass');
  });

  it('is not kept if the request does not ask for the same answer each time', async () => {
    expect((await ask({ temperature: 1 })).cache).toBe('bypass');
    expect((await ask({ temperature: 1 })).cache).toBe('bypass');
  });

  it('is not kept where it was cut short', async () => {
    world.fault = { kind: 'cut', afterChunks: 5 };
    await ask({ stream: true });
    world.fault = null;
    expect((await ask({ stream: true })).cache).toBe('miss');
    expect((await ask({ max_tokens: 3 })).finishReasons).toEqual(['length']);
    expect((await ask({ max_tokens: 3 })).cache).toBe('miss');
  });
});

describe('a request that wants to be masked', () => {
  const secret = 'ivan.petrov@example.com';
  const content = `Write to ${secret} please`;

  it.each([true, false])(
    'reaches the provider without what is personal, and is answered with it, streamed: %s',
    async (stream) => {
      const asked = await ask(
        { messages: [{ role: 'user', content }], stream, temperature: 1 },
        { 'x-aggregator-privacy': 'mask' },
      );
      // The mock provider repeats its input.
      expect(asked.text).toContain(secret);
      expect(JSON.stringify(world.mock.ledger.records())).not.toContain(secret);
      const plain = await ask({ messages: [{ role: 'user', content }], stream, temperature: 1 });
      expect(plain.text).toContain(secret);
    },
  );

  it('shows the provider a placeholder in its place', async () => {
    world.scripted.answer = (_request, response) => void response.writeHead(500).end();
    await ask({ model: 'scripted-model', messages: [{ role: 'user', content }] }, { 'x-aggregator-privacy': 'mask' });
    expect(world.scripted.lastBody).toContain('[EMAIL_1]');
    expect(world.scripted.lastBody).not.toContain(secret);
  });

  it('shows no more of it where a picture or a vector is asked for', async () => {
    const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
    const [scripted] = snapshot.providers.flatMap(({ name, models }) => (name === 'scripted' ? models : []));
    if (scripted === undefined) throw new Error('no scripted model');
    const drawing = { ...scripted, id: 'drawing', operations: ['images.generations', 'embeddings'] as const };
    const providers = snapshot.providers.map((one) =>
      one.name === 'scripted' ? { ...one, models: [scripted, drawing] } : one,
    );
    world.orchestrator.publish({ ...snapshot, providers });
    await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 2, { describe: 'the model' });
    world.scripted.answer = (_request, response) => void response.writeHead(500).end();
    const masked = { ...(await world.headers()), 'x-aggregator-privacy': 'mask' };
    for (const [url, body] of [
      ['/v1/images/generations', { prompt: content }],
      ['/v1/embeddings', { input: [content] }],
    ] as const) {
      const beside = { user: secret, x_note: { a: secret } };
      await world.post(url, { model: 'drawing', ...beside, ...body }, { ...masked, 'x-request-id': createUuidV7() });
      expect(world.scripted.lastBody).toContain('[EMAIL_1]');
      expect(world.scripted.lastBody).not.toContain(secret);
    }
  });

  it('is kept and given again with its own values put back', async () => {
    const masked = { 'x-aggregator-privacy': 'mask' };
    const first = await ask({ messages: [{ role: 'user', content }] }, masked);
    const other = content.replace('ivan', 'anna');
    const second = await ask({ messages: [{ role: 'user', content: other }] }, masked);

    expect([first.cache, second.cache]).toEqual(['miss', 'hit']);
    expect(second.text).toBe(first.text.replaceAll('ivan', 'anna'));
  });

  it('by its key cannot be asked to be less so', async () => {
    const principal = createPrincipal({ privacy: { mode: 'mask' } });
    world.scripted.answer = (_request, response) => void response.writeHead(500).end();
    await ask({ model: 'scripted-model', messages: [{ role: 'user', content }] }, {}, principal);
    expect(world.scripted.lastBody).toContain('[EMAIL_1]');
    const refused = await ask({}, { 'x-aggregator-privacy': 'off' });
    expect(refused.status).toBe(400);
  });
});

describe('an item of an earlier answer', () => {
  const input = [{ role: 'user', content: 'Hello' }];

  async function respond(body: object, principal = world.principal) {
    const headers = await world.headers(createUuidV7(), principal);
    const client = await openStream(`${world.url}/v1/responses`, headers, { model: 'mock/mock-small', ...body });
    await client.over();
    const isStream = client.headers['content-type']?.includes('event-stream') === true;
    const answer = JSON.parse(isStream ? (client.events().at(-1) ?? '') : client.text());
    return { status: client.status, answer: isStream ? answer.response : answer };
  }

  const referTo = (id: string) => ({
    input: [...input, { type: 'item_reference', id }, { role: 'user', content: 'And now?' }],
  });

  it.each([true, false])('is known by its id in the next turn, streamed: %s', async (stream) => {
    const { answer } = await respond({ input, stream });
    const [item] = answer.output;
    const next = await respond(referTo(item.id));

    expect(next.status).toBe(200);
    const whole = await respond({ input: [...input, item, { role: 'user', content: 'And now?' }] });
    expect(next.answer.usage.input_tokens).toBe(whole.answer.usage.input_tokens);
  });

  it('is refused with a word on what to do if it was not kept, or it is another organisation’s (I17)', async () => {
    const { answer } = await respond({ input, store: false });
    const kept = await respond({ input });
    const unknown = [
      await respond(referTo(answer.output[0].id)),
      await respond(referTo(kept.answer.output[0].id), createPrincipal()),
    ];
    for (const { status, answer: refused } of unknown) {
      expect(status).toBe(400);
      expect(refused.error).toMatchObject({ code: 'unsupported_parameter', message: expect.stringContaining('store') });
    }
  });
});
