import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { z } from 'zod';
import { adapter, chat, messages, RunningMock, readChat } from './testing/running-mock.ts';

const mock = new RunningMock();

describe('a chat with the mock provider', () => {
  it('serves the official client of OpenAI, plain, streamed and embeddings', async () => {
    await mock.start();
    const client = new OpenAI({ apiKey: 'none', baseURL: mock.server.url, maxRetries: 0 });
    const plain = await client.chat.completions.create(chat);
    const text = plain.choices[0]?.message.content;
    expect(text).toBe('You said: Hello there and so the quick');
    expect(plain.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 8, total_tokens: 13 });
    let streamed = '';
    for await (const chunk of await client.chat.completions.create({ ...chat, stream: true })) {
      streamed += chunk.choices[0]?.delta.content ?? '';
    }
    expect(streamed).toBe(text);
    const { data } = await client.embeddings.create({ model: 'mock-embedding', input: ['a', 'b'], dimensions: 3 });
    expect(data.map((row) => row.embedding.length)).toEqual([3, 3]);
    expect((await client.models.list()).data.map((model) => model.id)).toContain('mock-large');
  });

  it('is the same answer plain and streamed, and its usage what the ledger charges', async () => {
    await mock.start();
    const request = { model: 'any', messages, n: 2, max_tokens: 5, stop: 'zzz' };
    const plain = adapter.chat.toRequest(request, mock.target('plain/1'));
    const answer = adapter.chat.fromResponse(
      await (await mock.post('/chat/completions', plain.body, 'plain/1')).text(),
    );
    const streamed = adapter.chat.toRequest({ ...request, stream: true }, mock.target('stream/1'));
    const { translator } = await readChat(await mock.post('/chat/completions', streamed.body, 'stream/1'));
    const usage = { inputUncached: 5, outputText: 10 };
    expect(answer.usage).toEqual(usage);
    expect(translator).toMatchObject({ usage, isComplete: true, malformedEvents: 0 });
    expect(await mock.lookUp('plain/1')).toEqual({ result: 'found', usage });
    expect(await mock.lookUp('stream/1')).toEqual({ result: 'found', usage });
    expect(mock.server.ledger.records()).toMatchObject([
      { attemptId: 'plain/1', state: 'completed', isStreamed: false, amountNanoUsd: '6750' },
      { attemptId: 'stream/1', state: 'completed', isStreamed: true, amountNanoUsd: '6750' },
    ]);
  });

  it('charges what was cached at its lower rate', async () => {
    await mock.start();
    const system = { role: 'system', content: 'one two three four five six seven' };
    await mock.post('/chat/completions', {
      ...chat,
      messages: [system, ...messages],
      prompt_cache_key: 'k',
      max_tokens: 1,
    });
    expect(mock.lastRecord).toMatchObject({
      promptTokens: 15,
      cachedTokens: 10,
      completionTokens: 1,
      amountNanoUsd: '2100',
    });
  });

  it.each([
    ['not JSON', '{', 400, null],
    ['an unknown field', { ...chat, api_base: 'x' }, 400, 'api_base'],
    ['a wrong value', { ...chat, temperature: 9 }, 400, 'temperature'],
    ['no message', { ...chat, messages: [] }, 400, 'messages'],
    ['too large a limit', { ...chat, max_tokens: 100_000 }, 400, 'max_tokens'],
    ['stream options without a stream', { ...chat, stream_options: {} }, 400, 'stream_options'],
    ['a forced tool that is not there', { ...chat, tool_choice: 'required' }, 400, 'tool_choice'],
    ['an unknown model', { ...chat, model: 'mock-9' }, 404, null],
    ['a model for something else', { ...chat, model: 'mock-embedding' }, 404, null],
    ['too long a prompt', { ...chat, messages: [{ role: 'user', content: 'a '.repeat(130_000) }] }, 400, 'messages'],
  ])('is refused with %s as OpenAI refuses it, and charged nothing', async (_, body, status, param) => {
    await mock.start();
    const response = await mock.post('/chat/completions', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String), param } });
    expect(mock.lastRecord).toMatchObject({ state: 'refused', status, amountNanoUsd: '0', promptTokens: 0 });
  });

  it('is refused above the bound of a body', async () => {
    await mock.start();
    const content = 'x'.repeat(20_000_001);
    const response = await mock
      .post('/chat/completions', { ...chat, messages: [{ role: 'user', content }] })
      .catch(() => null);
    expect(response === null || response.status === 413).toBe(true);
    await mock.server.ledger.waitUntilSettled('request/1', 5_000);
    expect(mock.lastRecord).toMatchObject({ amountNanoUsd: '0', promptTokens: 0 });
  });
});

describe('embeddings of the mock provider', () => {
  const embed = async (body: object) => mock.post('/embeddings', { model: 'mock-embedding', ...body });
  const embedding = z.union([z.array(z.number()), z.base64()]);
  const answer = z.looseObject({ data: z.array(z.looseObject({ embedding })), usage: z.unknown() });
  const embedAll = async (body: object) => answer.parse(await (await embed(body)).json());
  const refused = async (body: object) =>
    z.looseObject({ error: z.looseObject({ param: z.string() }) }).parse(await (await embed(body)).json()).error.param;

  it('are unit vectors, the same for the same text, and others for others', async () => {
    await mock.start();
    const { data } = await embedAll({ input: ['same', 'same', 'other'], dimensions: 8 });
    const vectors = data.map((row) => z.array(z.number()).parse(row.embedding));
    expect(vectors[0]).toEqual(vectors[1]);
    expect(vectors[0]).not.toEqual(vectors[2]);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('say the same in base64, and take token ids', async () => {
    await mock.start();
    const plain = await embedAll({ input: [[1, 2, 3], [4]], dimensions: 4 });
    const packed = await embedAll({ input: [[1, 2, 3], [4]], dimensions: 4, encoding_format: 'base64' });
    const bytes = Buffer.from(z.string().parse(packed.data[0]?.embedding), 'base64');
    expect([0, 4, 8, 12].map((offset) => bytes.readFloatLE(offset))).toEqual(plain.data[0]?.embedding);
    expect(plain.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    expect((await embedAll({ input: [1, 2, 3] })).data).toHaveLength(1);
  });

  it('are refused without a text, and beyond the bound of numbers', async () => {
    await mock.start();
    expect(await refused({ input: '' })).toBe('input');
    expect(await refused({ input: Array(2000).fill('x'), dimensions: 3000 })).toBe('dimensions');
  });
});

describe('the mock provider as a server', () => {
  it('knows its addresses and no others', async () => {
    await mock.start();
    for (const path of ['/nothing', '/usage/%', '/chat/completions?x=1']) {
      const response = await fetch(`${mock.server.url}${path}`);
      expect([400, 404]).toContain(response.status);
      expect(await response.json()).toHaveProperty('error.message');
    }
    expect((await fetch(mock.server.url.replace('/v1', '/'))).status).toBe(404);
  });

  it('refuses keys that do not begin as its keys do, charges nothing for them, and serves a client that sends none', async () => {
    await mock.start({ apiKeyPrefix: 'vendor-key-' });
    const ask = (apiKey: string) =>
      new OpenAI({ apiKey, baseURL: mock.server.url, maxRetries: 0 }).chat.completions.create(chat);

    await expect(ask('stolen')).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect(mock.lastRecord).toMatchObject({ state: 'refused', amountNanoUsd: '0' });
    expect((await ask('vendor-key-2')).model).toBe('mock-small');
    expect((await mock.post('/chat/completions', chat)).status).toBe(200);
  });

  it('settles what is open when it closes, and takes nothing more', async () => {
    await mock.start({ faults: () => ({ kind: 'stall', afterChunks: 1 }) });
    const response = await mock.post('/chat/completions', { ...chat, stream: true }, 'open/1');
    await mock.close();
    expect((await readChat(response)).isTorn).toBe(true);
    expect(mock.server.ledger.find('open/1')).toMatchObject([{ state: 'aborted', completionTokens: 1 }]);
    await expect(mock.post('/chat/completions', chat)).rejects.toThrow();
  });

  it('waits for a slow reader instead of buffering without bound', async () => {
    await mock.start({ wordsPerAnswer: 16_000 });
    const request = httpRequest(`${mock.server.url}/chat/completions`, {
      method: 'POST',
      headers: { 'x-request-id': 'slow/1' },
    });
    request.end(JSON.stringify({ ...chat, stream: true, n: 5 }));
    const [response] = await once(request, 'response');
    response.pause();
    let before = -1;
    let unchanged = 0;
    await mock.waitUntil(() => {
      const { completionTokens = 0 } = mock.lastRecord ?? {};
      unchanged = completionTokens > 0 && completionTokens === before ? unchanged + 1 : 0;
      before = completionTokens;
      return unchanged > 100;
    });
    expect(mock.lastRecord?.state).toBe('open');
    expect(before).toBeLessThan(80_000);
    response.destroy();
    await mock.server.ledger.waitUntilSettled('slow/1', 5_000);
    expect(mock.lastRecord).toMatchObject({ state: 'aborted' });
  });
});
