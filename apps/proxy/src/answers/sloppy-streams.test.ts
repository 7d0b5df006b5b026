import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { openStream } from '../testing/sse-client.ts';
import {
  eventStream,
  type ScriptedWorld,
  startScriptedWorld,
  usage,
  wholeText,
  words,
} from '../testing/start-scripted-world.ts';

const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
});
const usageChunk = { ...head, choices: [], usage };

let world: ScriptedWorld;
beforeAll(async () => {
  world = await startScriptedWorld({ environment: { RETRY_DELAY_MS: '1' } });
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** What a client reads of a stream that p1 writes so. */
async function streamOf(text: string, url = '/v1/chat/completions', more: object = {}) {
  world.providers[0].answer = (_request, response) => void response.writeHead(200, eventStream).end(text);
  const requestId = createUuidV7();
  const body = { model: 'alone', messages: [{ role: 'user', content: 'Hello' }], stream: true, ...more };
  const client = await openStream(`${world.url}${url}`, await world.headers(requestId), body);
  expect(await client.over()).toBe('end');
  return { client, requestId };
}

const write = (chunks: readonly object[]) => chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
/** Each line of pretty-printed JSON as a data line. */
const spread = (chunks: readonly object[], lineEnd: string) =>
  chunks
    .map(
      (one) => JSON.stringify(one, null, 1).replaceAll(/^/gm, 'data: ').replaceAll('\n', lineEnd) + lineEnd + lineEnd,
    )
    .join('');

describe('the stream of a sloppy server', () => {
  const whole = [...words.map((content) => chunk({ content })), chunk({}, 'stop'), usageChunk];

  it.each(['\n', '\r', '\r\n'])(
    'is decodable when its events span several data lines ended by %j (I9)',
    async (lineEnd) => {
      for (const more of [{}, { stream_options: { include_usage: true } }, { temperature: 0 }]) {
        const { client, requestId } = await streamOf(`${spread(whole, lineEnd)}data: [DONE]\n\n`, undefined, more);
        expect(readReceived(client.events())).toMatchObject({
          text: wholeText,
          finishReasons: ['stop'],
          isDone: true,
          roles: 1,
        });
        expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed', estimated: false });
      }
    },
  );

  it.each([
    [
      'three finish reasons',
      [...words.map((content) => chunk({ content })), chunk({}, 'stop'), chunk({}, 'stop'), chunk({}, 'stop')],
    ],
    ['a role in every chunk', [...words.map((content) => chunk({ role: 'assistant', content })), chunk({}, 'stop')]],
    [
      'an id for each chunk',
      [...words.map((content, at) => chunk({ content }, null, { id: `c${at}` })), chunk({}, 'stop', { id: 'z' })],
    ],
    [
      'text after its finish reason',
      [...words.slice(0, 19).map((content) => chunk({ content })), chunk({}, 'stop'), chunk({ content: words[19] })],
    ],
  ])('is coherent when it has %s (I9)', async (_, chunks) => {
    for (const more of [{}, { stream_options: { include_usage: true } }]) {
      const { client, requestId } = await streamOf(
        `${write([...chunks, usageChunk])}data: [DONE]\n\n`,
        undefined,
        more,
      );
      const received = readReceived(client.events());
      expect(received).toMatchObject({ text: wholeText, finishReasons: ['stop'], isDone: true, roles: 1, ids: 1 });
      const withChoices = client.events().filter((event) => event.includes('"delta"'));
      expect(JSON.parse(withChoices.at(-1) ?? '').choices[0].finish_reason).toBe('stop');
      expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed', usage: { outputText: 20 } });
    }
  });
});
