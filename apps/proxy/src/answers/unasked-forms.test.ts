import type { OutgoingHttpHeaders } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { adapterFor } from '@aggregator/providers';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { chunkEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import {
  eventStream,
  type ScriptedWorld,
  startScriptedWorld,
  streamEnd,
  wholeBody,
  wholeText,
  words,
} from '../testing/start-scripted-world.ts';
import { isEventStream, readStreamAsWhole } from './stream-as-whole.ts';
import { readWholeAsStream } from './whole-as-stream.ts';

const wholeStream = words.map((word) => chunkEvent(word)).join('') + streamEnd;
const wholeJson = JSON.stringify(wholeBody);
const json = { 'content-type': 'application/json' };

let world: ScriptedWorld;
beforeAll(async () => {
  world = await startScriptedWorld({ environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '1' } });
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.reset();
  for (const model of ['p1/m', 'p2/m']) await ask(model, false);
  for (const provider of world.providers) provider.requests = 0;
});

async function ask(model: string, isStreamed: boolean, more: object = {}) {
  const requestId = createUuidV7();
  const body = { model, messages: [{ role: 'user', content: 'Hello' }], ...(isStreamed && { stream: true }), ...more };
  const client = await openStream(`${world.url}/v1/chat/completions`, await world.headers(requestId), body);
  expect(await client.over()).toBe('end');
  const isEvents = client.headers['content-type']?.includes('event-stream') === true;
  return {
    requestId,
    status: client.status,
    isEvents,
    received: readReceived(isEvents ? client.events() : [client.text()]),
  };
}

function answer(body: string | Buffer, headers: OutgoingHttpHeaders, status = 200) {
  world.providers[0].answer = (_request, response) => void response.writeHead(status, headers).end(body);
}

async function expectWholeOf(asked: Awaited<ReturnType<typeof ask>>, provider: string, requests: number) {
  expect(asked.received).toMatchObject({ text: wholeText, finishReasons: ['stop'], error: null, provider });
  expect(world.providers[0].requests).toBe(requests);
  expect(await world.usageOf(asked.requestId)).toMatchObject({
    ...{ outcome: 'completed', provider, estimated: false },
    usage: { inputUncached: 10, outputText: 20 },
  });
}

describe('an answer in another form than was asked for is used, because it is paid', () => {
  it.each<[string, string, OutgoingHttpHeaders]>([
    ['a plain answer', wholeJson, json],
    ['a plain answer that is labelled as a stream', `\n ${wholeJson}`, eventStream],
    ['a plain answer without a label', wholeJson, {}],
    ['a stream that is labelled as JSON', wholeStream, json],
    ['a stream without a label', wholeStream, {}],
  ])('%s, where a stream was asked for', async (_, body, headers) => {
    for (const more of [{}, { stream_options: { include_usage: true } }]) {
      world.reset();
      answer(body, headers);
      const asked = await ask('two', true, more);
      expect(asked).toMatchObject({ isEvents: true, received: { isDone: true, roles: 1, ids: 1 } });
      await expectWholeOf(asked, 'p1', 1);
    }
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ['as a stream', eventStream],
    ['as JSON', json],
  ])('a stream that is labelled %s, where a plain answer was asked for', async (_, headers) => {
    answer(wholeStream, headers);
    const asked = await ask('two', false);
    expect(asked.isEvents).toBe(false);
    await expectWholeOf(asked, 'p1', 1);
  });

  it('a stream that is labelled as JSON still comes token by token', async () => {
    const [p1] = world.providers;
    p1.answer = (_request, response) => {
      response.writeHead(200, json).write(chunkEvent('first '));
      p1.goOn = () => void response.end(chunkEvent('second') + streamEnd);
    };
    const body = { model: 'alone', messages: [{ role: 'user', content: 'Hello' }], stream: true };
    const client = await openStream(`${world.url}/v1/chat/completions`, await world.headers(), body);
    await client.waitForEvents(1);
    p1.goOn();
    await client.over();
    expect(readReceived(client.events())).toMatchObject({ text: 'first second', isDone: true });
  });

  it('an event stream that ends too soon is no plain answer', async () => {
    answer(chunkEvent('first '), eventStream);
    expect((await ask('two', false)).received).toMatchObject({ text: wholeText, provider: 'p2' });
  });
});

describe('an answer of another dialect in another form', () => {
  it('is translated: a plain answer of Anthropic as a stream', () => {
    const body = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: 'Hello' }],
      usage: { input_tokens: 3, output_tokens: 1 },
    };
    const { texts, translator } = readWholeAsStream(adapterFor('Anthropic').chat, JSON.stringify(body), {
      includeUsage: false,
    });
    const deltas = texts.map((text) => JSON.parse(text).choices[0].delta.content ?? '');
    expect(deltas.join('')).toBe('Hello');
    expect(translator.end()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(translator).toMatchObject({ outputCharacters: 5, usage: { outputText: 1 } });
  });

  it('is translated: a stream of Gemini as a plain answer', () => {
    const piece = (text: string, more: object = {}) =>
      `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }, modelVersion: 'g', responseId: 'r' })}\r\n\r\n`;
    const body = piece('Hel') + piece('lo', { finishReason: 'STOP' });
    expect(isEventStream(body)).toBe(true);
    const { body: whole, usage } = readStreamAsWhole(adapterFor('Gemini').chat, body, { model: 'g', createdAt: 1 });
    expect(whole).toMatchObject({ choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] });
    expect(usage).toMatchObject({ outputText: 2 });
  });
});

describe.each([true, false])('D20: a compressed answer that was not asked for, streamed: %s', (isStreamed) => {
  const plain = isStreamed ? wholeStream : wholeJson;
  const label = isStreamed ? eventStream : json;

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstdCompressSync],
    ['identity', Buffer.from],
  ])('is decoded: %s', async (coding, compress) => {
    answer(compress(plain), { ...label, 'content-encoding': coding });
    await expectWholeOf(await ask('two', isStreamed), 'p1', 1);
  });

  it('of an unknown coding is refused once, and the next provider answers', async () => {
    answer(plain, { ...label, 'content-encoding': 'compress, gzip' });
    expect((await ask('two', isStreamed)).received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(world.providers[0].requests).toBe(1);
    world.providers[0].requests = 0;
    expect(await ask('alone', isStreamed)).toMatchObject({
      status: 502,
      received: { error: 'upstream_invalid_response' },
    });
    expect(world.providers[0].requests).toBe(1);
  });

  it('that is a bomb is refused once, and the next provider answers', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, isStreamed ? '\n' : '[1]'));
    answer(bomb, { ...label, 'content-encoding': 'gzip' });
    expect((await ask('two', isStreamed)).received).toMatchObject({ text: wholeText, provider: 'p2' });
    expect(world.providers[0].requests).toBe(1);
  });

  it('that is cut is a cut answer', async () => {
    answer(gzipSync(plain).subarray(0, 40), { ...label, 'content-encoding': 'gzip' });
    expect((await ask('two', isStreamed)).received).toMatchObject({ text: wholeText, provider: 'p2' });
  });

  it('that is a rejection is read', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded' };
    answer(gzipSync(JSON.stringify({ error })), { ...json, 'content-encoding': 'gzip' }, 400);
    expect(await ask('alone', isStreamed)).toMatchObject({
      status: 400,
      received: { error: 'context_length_exceeded' },
    });
  });
});

describe('a large event', () => {
  it('of 5 MB reaches the client whole', async () => {
    const text = 'x'.repeat(5_000_000);
    answer(chunkEvent(text) + streamEnd, eventStream);
    expect((await ask('alone', true)).received).toMatchObject({ text, isDone: true });
    await waitFor(() => world.proxy.context.eventRoom.total === 0, { describe: 'the room to be free' });
  });

  it('above 8 MiB is refused, and its room is given back', async () => {
    answer(chunkEvent('x'.repeat(9 * 1024 * 1024)), eventStream);
    expect(await ask('alone', true)).toMatchObject({ status: 502, received: { error: 'upstream_invalid_response' } });
    expect(world.proxy.context.eventRoom.total).toBe(0);
  });
});
