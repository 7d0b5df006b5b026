import { errorCatalogue, openAiErrorBody, type Principal } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openStream } from '../../testing/sse-client.ts';
import { createPrincipal, startWorld, type World } from '../../testing/start-world.ts';

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello there, provider' }];
const answerBody = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })).optional(),
  usage: z.looseObject({}).optional(),
  cost: z.number().optional(),
  error: openAiErrorBody.shape.error.optional(),
});
const good = { model: 'mock/mock-small', messages };

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { REQUEST_BYTES_MAX: '100000' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fault = null;
});

async function ask(body: unknown, requestId = createUuidV7(), principal?: Principal) {
  const answer = await world.post(path, body, await world.headers(requestId, principal));
  return { requestId, status: answer.status, headers: answer.headers, json: answerBody.parse(await answer.json()) };
}

async function stream(body: object, requestId = createUuidV7(), headers: Record<string, string> = {}) {
  const identity = await world.headers(requestId);
  const client = await openStream(
    `${world.url}${path}`,
    { ...identity, ...headers },
    { ...good, stream: true, ...body },
  );
  return { requestId, client, ending: await client.over() };
}

describe('200, plain', () => {
  it('returns what the provider said, with what it cost, exact to the nano-USD', async () => {
    const { requestId, status, headers, json } = await ask(good);
    const truth = await world.truthOf(requestId);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      model: 'mock-small',
      provider: 'mock',
      choices: [{ message: { role: 'assistant' } }],
    });
    expect(json.usage).toMatchObject({
      completion_tokens: truth.completionTokens,
      cost: json.cost,
      cost_nano_usd: truth.amountNanoUsd,
    });
    expect(json.cost).toBe(Number(truth.amountNanoUsd) / 1e9);
    expect(headers.get('x-request-id')).toBe(requestId);
    expect(headers.get('x-aggregator-provider')).toBe('mock');
    expect(headers.get('x-aggregator-attempts')).toBe('1');
    expect(headers.get('x-aggregator-cache')).toBe('bypass');
  });

  it('settles the request once, by what the provider charged, and gives back the hold', async () => {
    const { requestId } = await ask(good);
    const truth = await world.truthOf(requestId);

    expect(await world.usageOf(requestId)).toMatchObject({
      eventId: requestId,
      outcome: 'completed',
      amountNanoUsd: truth.amountNanoUsd,
      usage: { outputText: truth.completionTokens },
      price: { version: 'mock-small/1' },
      estimated: false,
      errorCode: null,
      provider: 'mock',
      model: 'mock-small',
    });
    await world.waitUntilNothingHeld();
  });

  it('leaves out our additions where they are not wanted', async () => {
    const headers = { ...(await world.headers()), 'x-aggregator-additions': 'none' };
    const json = answerBody.parse(await (await world.post(path, good, headers)).json());

    expect(json).not.toHaveProperty('cost');
    expect(json).not.toHaveProperty('provider');
    expect(json.usage).not.toHaveProperty('cost');
  });

  it('names the fields that the provider does not take', async () => {
    const { status, headers } = await ask({ ...good, api_base: 'http://127.0.0.1:1', user_role: 'admin' });

    expect(status).toBe(200);
    expect(headers.get('x-aggregator-dropped-params')).toBe('api_base, user_role');
  });

  it('mints a request id where the gateway sent none that can be one', async () => {
    const answer = await world.post(path, good, { ...(await world.headers()), 'x-request-id': '../../etc' });

    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
  });
});

describe('text that a database does not hold', () => {
  it('C-F3: is served in messages and results of tools, masked or not', async () => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'run', arguments: '{"x":"\\u0000"}' } }];
    const body = {
      ...good,
      messages: [
        { role: 'user', content: 'a\u0000b \ud800 me@example.org' },
        { role: 'assistant', content: null, tool_calls },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '\u0000'.repeat(100) }] },
      ],
    };

    expect((await ask(body)).status).toBe(200);
    expect((await ask({ ...body, pad: 'x'.repeat(70_000) })).status).toBe(200);
    expect((await ask({ ...body, user: 'a\u0000' })).json.error).toMatchObject({
      code: 'invalid_value',
      param: 'user',
    });
  });
});

describe('200, streamed', () => {
  it('says the same as a plain answer, ends in [DONE], and has our additions in the last chunk', async () => {
    const plain = await ask(good);
    const { requestId, client, ending } = await stream({});
    const truth = await world.truthOf(requestId);
    const events = client.events();

    expect(ending).toBe('end');
    expect(client.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(client.said()).toBe(plain.json.choices?.[0]?.message.content);
    expect(events.at(-1)).toBe('[DONE]');
    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      cost: Number(truth.amountNanoUsd) / 1e9,
      provider: 'mock',
      response_time_ms: expect.any(Number),
    });
    expect(events.slice(0, -1).filter((event) => JSON.parse(event).usage)).toEqual([]);
    expect(await world.usageOf(requestId)).toMatchObject({
      outcome: 'completed',
      isStreamed: true,
      amountNanoUsd: truth.amountNanoUsd,
      ttftMs: expect.any(Number),
    });
  });

  it('ends with the usage and its exact cost where the client asked for usage', async () => {
    const { requestId, client } = await stream({ stream_options: { include_usage: true } });
    const truth = await world.truthOf(requestId);
    const last = JSON.parse(client.events().at(-2) ?? '');

    expect(last).toMatchObject({ choices: [], provider: 'mock' });
    expect(last.usage).toMatchObject({
      prompt_tokens: truth.promptTokens,
      completion_tokens: truth.completionTokens,
      cost_nano_usd: truth.amountNanoUsd,
    });
  });

  it('leaves the last chunk as it is where additions are not wanted', async () => {
    const { client } = await stream({}, createUuidV7(), { 'x-aggregator-additions': 'none' });

    expect(JSON.parse(client.events().at(-2) ?? '')).not.toHaveProperty('cost');
  });

  it('serves several choices to their end', async () => {
    const { client } = await stream({ n: 3, max_tokens: 5 });
    const finished = client
      .events()
      .slice(0, -1)
      .flatMap((event) => JSON.parse(event).choices)
      .filter((choice) => choice.finish_reason !== null);

    expect(finished.map((choice) => choice.index)).toEqual([0, 1, 2]);
  });
});

describe('refusals', () => {
  const text = (change: Record<string, unknown>) => JSON.stringify({ ...good, ...change });
  const image = (url: unknown) =>
    text({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: url }] }] });

  it.each([
    ['an empty body', '', 'invalid_json'],
    ['text that is not JSON', 'hello', 'invalid_json'],
    ['truncated JSON', '{"model":', 'invalid_json'],
    ['a byte order mark', `\ufeff${text({})}`, 'invalid_json'],
    ['an array', '[]', 'invalid_json'],
    ['nesting of 20,000', `{"messages":${'['.repeat(20_000)}`, 'invalid_json'],
    ['1e999 as a number', `${text({}).slice(0, -1)},"temperature":1e999}`, 'invalid_value'],
    ['a lone surrogate', text({ user: '\ud800' }), 'invalid_value'],
    ['NUL', text({ user: 'a\u0000b' }), 'invalid_value'],
    ['no messages', text({ messages: [] }), 'invalid_value'],
    ['max_tokens of -1', text({ max_tokens: -1 }), 'invalid_value'],
    ['max_tokens of 0', text({ max_tokens: 0 }), 'invalid_value'],
    ['max_tokens of 1e308', text({ max_tokens: 1e308 }), 'invalid_value'],
    ['max_tokens as text', text({ max_tokens: '5' }), 'invalid_value'],
    ['a million choices', text({ n: 1_000_000 }), 'invalid_value'],
    ['an image by http', image({ url: 'http://example.com/a.png' }), 'invalid_image_url'],
    ['an image of this network', image({ url: 'https://169.254.169.254/latest' }), 'invalid_image_url'],
    ['an image from a file', image({ url: 'file:///etc/passwd' }), 'invalid_image_url'],
    ['an image without a URL', image({}), 'invalid_image_url'],
    ['an unknown model', text({ model: 'no-such-model' }), 'model_not_found'],
    ['a model for something else', text({ model: 'mock/mock-embedding' }), 'model_not_found'],
    ['a body over the limit', text({ user: 'x', pad: 'x'.repeat(200_000) }), 'request_too_large'],
  ] as const)('refuses %s in OpenAI’s shape, calls no provider, holds nothing', async (_name, body, code) => {
    const recordsBefore = world.mock.ledger.records().length;
    const answer = await world.post(path, body);
    const json = openAiErrorBody.parse(await answer.json());

    expect(answer.status).toBe(errorCatalogue[code].status);
    expect(json.error).toMatchObject({ code, type: errorCatalogue[code].type });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(world.mock.ledger.records()).toHaveLength(recordsBefore);
    await world.waitUntilNothingHeld();
    expect((await ask(good)).status).toBe(200);
  });

  it('pollutes no prototype', async () => {
    await world.post(path, `{"__proto__":{"polluted":true},${text({}).slice(1)}`);

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('answers 401 without a principal of the gateway, or with a forged one', async () => {
    const forged = { 'x-aggregator-principal': 'eyJhbGciOiJub25lIn0.e30.' };
    for (const headers of [{}, forged]) {
      const answer = await world.post(path, good, headers);
      expect(answer.status).toBe(401);
      expect(openAiErrorBody.parse(await answer.json()).error.code).toBe('invalid_peer');
    }
  });

  it('answers 403 without the scope, and for a model that the key may not use', async () => {
    const unscoped = await ask(good, createUuidV7(), createPrincipal({ scopes: ['usage:read'] }));
    const unlisted = await ask(good, createUuidV7(), createPrincipal({ models: ['mock/mock-large'] }));

    expect([unscoped.status, unscoped.json.error?.code]).toEqual([403, 'insufficient_permissions']);
    expect([unlisted.status, unlisted.json.error?.code]).toEqual([403, 'model_not_allowed']);
  });

  it('answers 405 to another method and 415 to another type', async () => {
    const other = await fetch(`${world.url}${path}`, { headers: await world.headers() });
    const typed = await world.post(path, good, { ...(await world.headers()), 'content-type': 'text/plain' });

    expect([other.status, typed.status]).toEqual([405, 415]);
  });

  it('answers 502 where our credential for the provider is missing, and gives back the hold', async () => {
    const { status, json } = await ask({ model: 'keyless-model', messages });

    expect([status, json.error?.code]).toEqual([502, 'upstream_misconfigured']);
    expect(world.scripted.requests).toBe(0);
    await world.waitUntilNothingHeld();
  });
});
