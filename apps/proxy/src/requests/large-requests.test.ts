import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startWorld, type World } from '../testing/start-world.ts';

/** UTF-16 units. A slice of 128 K units becomes six times as long at most, if each unit is written as an escape. */
const pieceMax = 6 * 128 * 1024;

const answered = JSON.stringify({
  ...{ id: 'a', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

let world: World;
beforeAll(async () => {
  world = await startWorld({ balanceNanoUsd: 100_000_000_000n });
  world.scripted.answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(answered);
  };
});
afterAll(() => world.stop());

const quotes = '"a'.repeat(1_000_000);
const list = Array.from({ length: 4000 }, (_, at) => ({ role: 'user', content: `${at} ${'word '.repeat(80)}` }));
const model = 'scripted-model';

describe('a large request (I4, I12)', () => {
  it.each([
    [
      'a chat of one long text',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: quotes }], max_tokens: 5 },
    ],
    ['a chat of many messages', '/v1/chat/completions', { messages: list, max_tokens: 5, temperature: 0 }],
    ['a message', '/v1/messages', { messages: [{ role: 'user', content: quotes }], max_tokens: 5 }],
    ['a response', '/v1/responses', { input: quotes, max_output_tokens: 5 }],
    ['a count of tokens', '/v1/messages/count_tokens', { messages: [{ role: 'user', content: quotes }] }],
  ])('is never written in one piece: %s', async (_name, path, fields) => {
    const body = JSON.stringify({ model, ...fields });
    const headers = { 'content-type': 'application/json', ...(await world.headers()) };
    const written = jest.spyOn(JSON, 'stringify');
    try {
      const answer = await world.post(path, body, headers);
      expect([answer.status, await answer.text()]).toEqual([200, expect.anything()]);
      const lengths = written.mock.results.map(({ value }) => String(value).length);
      expect(Math.max(...lengths)).toBeLessThan(pieceMax);
    } finally {
      written.mockRestore();
    }
  });
});
