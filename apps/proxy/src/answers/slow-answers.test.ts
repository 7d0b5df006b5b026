import type { IncomingMessage, ServerResponse } from 'node:http';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { openStream } from '../testing/sse-client.ts';
import { type ScriptedWorld, startScriptedWorld, wholeBody, wholeText } from '../testing/start-scripted-world.ts';

const silenceMs = 1000;
/** Less than the request's own limit, which a wait for a hanging body would take. */
const soonMs = 30_000;
let world: ScriptedWorld;
beforeAll(async () => {
  world = await startScriptedWorld({
    environment: {
      FAILOVER_FIRST_TOKEN_TIMEOUT_MS: '600000',
      FAILOVER_IDLE_TIMEOUT_MS: String(silenceMs),
      FAILOVER_ANSWER_TIMEOUT_MS: String(silenceMs),
      RETRY_DELAY_MS: '20',
      MAX_RETRIES: '1',
    },
  });
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.reset();
  for (const model of ['p1/m', 'p2/m']) await ask(model, false);
  for (const provider of world.providers) provider.requests = 0;
});

async function ask(model: string, isStreamed: boolean) {
  const requestId = createUuidV7();
  const startedMs = performance.now();
  const body = { model, messages: [{ role: 'user', content: 'Hello' }], ...(isStreamed && { stream: true }) };
  const client = await openStream(`${world.url}/v1/chat/completions`, await world.headers(requestId), body);
  expect(await client.over()).toBe('end');
  const isEventStream = client.headers['content-type']?.includes('event-stream') === true;
  const received = readReceived(isEventStream ? client.events() : [client.text()]);
  return { requestId, received, status: client.status, tookMs: performance.now() - startedMs };
}

const json = { 'content-type': 'application/json' };

/** A head, the beginning of a body, and then silence. */
const hang = (status: number, text = '{"error":{"message":"over') => {
  return (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { ...json, 'content-length': '1000' }).write(text);
};

/** So many bytes at a time. */
const drip = (text: string, bytes: number, everyMs: number) => {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, json).flushHeaders();
    let at = 0;
    const timer = setInterval(() => {
      response.write(text.slice(at, at + bytes));
      at += bytes;
      if (at < text.length) return;
      clearInterval(timer);
      response.end();
    }, everyMs);
    response.once('close', () => clearInterval(timer));
  };
};

describe.each([true, false])('a rejection whose body hangs, streamed: %s', (isStreamed) => {
  it.each([503, 500, 429, 401, 302, 404])('of status %i gives way to the next provider within 2 s', async (status) => {
    const [p1] = world.providers;
    p1.answer = hang(status);
    const { received, tookMs } = await ask('two', isStreamed);

    expect(received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(tookMs).toBeLessThan(soonMs);
    expect(p1.requests).toBe(1);
  });

  it.each([
    [503, 502, 'upstream_error'],
    [429, 429, 'rate_limit_exceeded'],
    [401, 502, 'upstream_misconfigured'],
  ])('of status %i is judged by its head when no other provider is left', async (status, code, error) => {
    world.providers[0].answer = hang(status);
    const asked = await ask('alone', isStreamed);

    expect({ status: asked.status, error: asked.received.error }).toEqual({ status: code, error });
    expect(asked.tookMs).toBeLessThan(soonMs);
  });
});

describe('a plain answer that comes slowly', () => {
  const text = JSON.stringify(wholeBody);

  it('gives way to the next provider when it comes byte by byte', async () => {
    world.providers[0].answer = drip(text, 1, 20);
    const { received, tookMs } = await ask('two', false);

    expect(received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(tookMs).toBeLessThan(soonMs);
  });

  it('gives way to the next provider when white space is all that comes', async () => {
    world.providers[0].answer = drip(' '.repeat(1000), 1, 20);
    const { received, tookMs } = await ask('two', false);

    expect(received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(tookMs).toBeLessThan(soonMs);
  });

  it('is waited for when no other provider is left, and when it comes at a fair pace', async () => {
    world.providers[0].answer = drip(text, 4, 5);
    expect((await ask('alone', false)).received).toMatchObject({ text: wholeText, provider: 'p1' });
    world.providers[0].answer = drip(text, 60, 50);
    expect((await ask('two', false)).received).toMatchObject({ text: wholeText, provider: 'p1' });
  });
});
