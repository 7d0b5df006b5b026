import type { ServerResponse } from 'node:http';
import type { ProviderType, Rates, UsageRecorded } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import { startWorld, toSnapshot, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';
const rates: Rates = {
  ...{ inputUncached: '3000000', cacheRead: '300000' },
  ...{ outputText: '15000000', outputReasoning: '20000000' },
};
const usage = {
  ...{ prompt_tokens: 60_000, completion_tokens: 2060 },
  ...{ prompt_tokens_details: { cached_tokens: 59_000 }, completion_tokens_details: { reasoning_tokens: 2000 } },
};
const charged = { inputUncached: 1000, cacheRead: 59_000, outputText: 60, outputReasoning: 2000 };
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
const word = toEvent({ ...head, choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] });
const finish = toEvent({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const tail = `${toEvent({ ...head, choices: [], usage })}data: [DONE]\n\n`;

async function start(environment: Record<string, string>): Promise<World> {
  const started = await startWorld({ environment, balanceNanoUsd: 100_000_000_000n });
  const snapshot = toSnapshot(started.mock.url, started.scripted.url, 2);
  const provider = (name: string, type: ProviderType, options: Record<string, string> = {}) => ({
    ...{ name, type, options, baseUrl: started.scripted.url, isAddressTrusted: true, credentialRefs: ['none'] },
    concurrencyMax: null,
    models: [
      {
        ...{ id: name, operations: ['chat.completions' as const], contextLength: 131_072, maxOutputTokens: 131_072 },
        ...{ capabilities: [], firstLifeMs: null, priceVersion: 'left/1' },
      },
    ],
  });
  started.orchestrator.publish({
    ...snapshot,
    providers: [
      ...snapshot.providers,
      provider('drained', 'OpenAICompatible'),
      provider('cancelled', 'OpenAICompatible', { disconnect: 'abort' }),
      provider('opening', 'Anthropic'),
    ],
    prices: { ...snapshot.prices, 'left/1': rates },
  });
  await waitFor(() => started.orchestrator.acks.at(-1)?.version === 2, { describe: 'the models' });
  return started;
}

let world: World;
/** The provider's side of the request that is open. */
let provider: ServerResponse | null = null;
beforeAll(async () => {
  world = await start({ DISCONNECT_DRAIN_MS: '2000' });
});
afterAll(() => world.stop());
beforeEach(() => {
  provider = null;
  world.scripted.answer = (_request, response) => {
    provider = response;
  };
});

const messages = [{ role: 'user', content: 'word '.repeat(48_000) }];

/** Sends a request and resolves when the provider has it. */
async function send(model: string, more: object = { stream: true }) {
  const requestId = createUuidV7();
  const left = new AbortController();
  const headers = { 'content-type': 'application/json', ...(await world.headers(requestId)) };
  const body = JSON.stringify({ model, messages, max_tokens: 5000, ...more });
  const answer = fetch(`${world.url}${path}`, { method: 'POST', headers, body, signal: left.signal });
  answer.then((response) => response.text()).catch(() => undefined);
  const upstream = await waitFor(() => provider, { describe: 'the request at the provider' });
  return { requestId, upstream, leave: () => left.abort(), answer };
}

/** Resolves when the proxy has noticed that the client left. */
const noticed = () => waitFor(() => world.proxy.context.drains.count === 1, { describe: 'the drain' });

function begin(upstream: ServerResponse, ...events: string[]): void {
  upstream.writeHead(200, { 'content-type': 'text/event-stream' });
  upstream.write(events.join(''));
}

function expectExact(event: UsageRecorded): void {
  expect(event).toMatchObject({ outcome: 'aborted', estimated: false, usage: charged, amountNanoUsd: '61600000' });
}

describe('a client that leaves a stream', () => {
  it('is charged exactly if the answer is whole and its usage comes later', async () => {
    const requestId = createUuidV7();
    const headers = await world.headers(requestId);
    const body = { model: 'cancelled', messages, max_tokens: 5000, stream: true };
    world.scripted.answer = (_request, response) => {
      provider = response;
      begin(response, word, finish);
    };
    const client = await openStream(`${world.url}${path}`, headers, body);
    await client.waitForEvents(1);
    client.leave();
    // By then the proxy has read that the connection is closed.
    for (let turn = 0; turn < 3; turn += 1) await fetch(`${world.url}/v1/models`, { headers: await world.headers() });
    provider?.end(tail);

    expectExact(await world.usageOf(requestId));
  });

  it('is charged exactly what the provider reports if the provider drains, hidden reasoning included (I1)', async () => {
    const { requestId, upstream, leave } = await send('drained');
    begin(upstream, word);
    leave();
    await noticed();
    upstream.end(`${word}${finish}${tail}`);

    expectExact(await world.usageOf(requestId));
    await world.waitUntilNothingHeld();
    expect(world.proxy.context.drains.count).toBe(0);
  });

  it('is charged exactly, also if twenty of one key leave in silence at once (I1)', async () => {
    const upstreams: ServerResponse[] = [];
    world.scripted.answer = (_request, response) => void upstreams.push(response);
    const controllers = Array.from({ length: 20 }, () => new AbortController());
    const ids = controllers.map(() => createUuidV7());
    for (const [at, { signal }] of controllers.entries()) {
      const headers = { 'content-type': 'application/json', ...(await world.headers(ids[at])) };
      const body = JSON.stringify({
        model: 'drained',
        messages: [{ role: 'user', content: 'Hi' }],
        max_tokens: 5000,
        stream: true,
      });
      fetch(`${world.url}${path}`, { method: 'POST', headers, body, signal }).catch(() => undefined);
    }
    await waitFor(() => upstreams.length === 20, { describe: 'the requests at the provider' });
    for (const controller of controllers) controller.abort();
    await waitFor(() => world.proxy.context.drains.count === 20, { describe: 'the drains' });
    const reported = {
      prompt_tokens: 10,
      completion_tokens: 2060,
      completion_tokens_details: { reasoning_tokens: 2000 },
    };
    const last = `${toEvent({ ...head, choices: [], usage: reported })}data: [DONE]\n\n`;
    for (const upstream of upstreams) {
      begin(upstream, word, finish);
      upstream.end(last);
    }

    for (const id of ids) {
      expect(await world.usageOf(id)).toMatchObject({
        estimated: false,
        usage: { outputText: 60, outputReasoning: 2000 },
      });
    }
    expect(world.proxy.context.drains.count).toBe(0);
  });

  it('is charged exactly if it left before the first byte', async () => {
    const { requestId, upstream, leave } = await send('drained');
    leave();
    await noticed();
    begin(upstream, word, finish);
    upstream.end(tail);

    expectExact(await world.usageOf(requestId));
  });

  it('is charged an estimate of what was sent if the provider stays silent, once, and the call ends (I1)', async () => {
    const { requestId, upstream, leave } = await send('drained');
    const closed = new Promise((resolve) => upstream.once('close', resolve));
    leave();

    const event = await world.usageOf(requestId);
    expect(event).toMatchObject({ outcome: 'aborted', estimated: true });
    expect(event.usage.inputUncached).toBeGreaterThan(40_000);
    await closed;
    expect(world.proxy.context.drains.count).toBe(0);
  });

  it('is charged nothing if the provider rejects the request afterwards', async () => {
    const { requestId, upstream, leave } = await send('drained');
    leave();
    await noticed();
    upstream.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');

    expect(await world.usageOf(requestId)).toMatchObject({ amountNanoUsd: '0' });
  });

  it('cancels the call at once if the provider is set to abort', async () => {
    const { requestId, upstream, leave } = await send('cancelled');
    begin(upstream, word);
    const closed = new Promise((resolve) => upstream.once('close', resolve));
    leave();
    await closed;

    expect(world.proxy.context.drains.count).toBe(0);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'aborted', estimated: true });
  });

  it('is charged the input that the provider had reported, its cached part too', async () => {
    const { requestId, upstream, leave, answer } = await send('opening');
    const started = { input_tokens: 1000, cache_read_input_tokens: 59_000, output_tokens: 1 };
    const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: started };
    const text = 'word '.repeat(60);
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    begin(upstream, toEvent({ type: 'message_start', message }), toEvent(block), toEvent(delta));
    await answer;
    leave();

    const event = await world.usageOf(requestId);
    expect(event).toMatchObject({ estimated: true, usage: { inputUncached: 1000, cacheRead: 59_000 } });
    expect(event.usage.outputText).toBeGreaterThanOrEqual(60);
  });
});

describe('a client that leaves a plain request', () => {
  it('is charged exactly what the provider reports', async () => {
    const { requestId, upstream, leave } = await send('drained', {});
    leave();
    await noticed();
    const choices = [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }];
    const body = JSON.stringify({ ...head, object: 'chat.completion', choices, usage });
    upstream.writeHead(200, { 'content-type': 'application/json' }).end(body);

    expectExact(await world.usageOf(requestId));
  });

  it('is charged an estimate if the answer does not come in time', async () => {
    const { requestId, leave } = await send('drained', {});
    leave();

    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'aborted', estimated: true });
  });
});

describe('an answer without a finish reason', () => {
  it('is charged the usage that the provider reported if it was delivered', async () => {
    const { requestId, upstream, answer } = await send('drained');
    begin(upstream, word);
    await answer;
    upstream.end(tail);

    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', estimated: false, usage: charged });
  });
});

describe('a proxy that stops', () => {
  it('ends a drain within its grace and settles it once (I15)', async () => {
    const stopping = await start({ DISCONNECT_DRAIN_MS: '60000', SHUTDOWN_GRACE_MS: '1200' });
    const before = world;
    world = stopping;
    try {
      stopping.scripted.answer = (_request, response) => {
        provider = response;
      };
      const { requestId, leave } = await send('drained');
      leave();
      await noticed();
      await stopping.proxy.stop();

      expect(await stopping.usageOf(requestId)).toMatchObject({ outcome: 'aborted', estimated: true });
    } finally {
      world = before;
      await stopping.stop();
    }
  });
});
