import { messagesSurface } from '@aggregator/surfaces';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const json = { 'content-type': 'application/json' };
const masking = { 'x-aggregator-privacy': 'mask', 'x-aggregator-additions': 'none' };
const secret = 'anna.petrova@example.com';

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
  ]);
});
afterAll(() => world.stop());

const claudeAnswer = JSON.stringify({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'c', stop_reason: 'end_turn' },
  content: [{ type: 'text', text: '[EMAIL_1]' }],
  usage: { input_tokens: 3, output_tokens: 2 },
});
const gptAnswer = JSON.stringify({
  ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed' },
  output: [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: '[EMAIL_1]', annotations: [] }] }],
  usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
});

/** UTF-16 units. A slice of 128 K units becomes six times as long at most, if each unit is written as an escape. */
const pieceMax = 6 * 128 * 1024;

describe('a large masked request', () => {
  const list = Array.from({ length: 4000 }, (_, at) => ({
    ...{ role: at % 2 === 0 ? 'user' : 'assistant' },
    content: `${at} ${secret} ${'word '.repeat(80)}`,
  }));
  const body = JSON.stringify({ model: 'all', max_tokens: 9, x_new: 1, messages: list });
  const readPieces = (spy: { mock: { calls: readonly unknown[][] } }, of: (call: readonly unknown[]) => unknown) =>
    Math.max(...spy.mock.calls.map((call) => String(of(call)).length));

  it('goes out as it came, is translated for another dialect alone, and is read and written in pieces (I4)', async () => {
    const [claude, gpt] = [world.upstream('claude'), world.upstream('gpt')];
    claude.answer = (_request, response) => void response.writeHead(200, json).end(claudeAnswer);
    const toChat = jest.spyOn(messagesSurface, 'toChat');
    const toChatSteps = jest.spyOn(messagesSurface, 'toChatSteps');
    const [written, parsed] = [jest.spyOn(JSON, 'stringify'), jest.spyOn(JSON, 'parse')];
    try {
      const native = await world.send('/v1/messages', body, masking);
      expect([native.status, native.headers.get('x-aggregator-dropped-params')]).toEqual([200, null]);
      expect([toChat.mock.calls.length, toChatSteps.mock.calls.length]).toEqual([0, 1]);
      expect(readPieces(parsed, ([text]) => text)).toBeLessThan(pieceMax);
      expect(Math.max(...written.mock.results.map(({ value }) => String(value).length))).toBeLessThan(pieceMax);
    } finally {
      for (const spy of [toChat, toChatSteps, written, parsed]) spy.mockRestore();
    }
    expect(claude.lastBody).not.toContain(secret);
    expect(claude.lastBody).toContain('[EMAIL_1]');
    expect(claude.lastBody).toContain('"x_new":1');

    claude.answer = (_request, response) => void response.writeHead(500).end();
    gpt.answer = (_request, response) => void response.writeHead(200, json).end(gptAnswer);
    const translated = await world.send('/v1/messages', body, masking);
    expect(translated.status).toBe(200);
    expect(gpt.lastBody).toContain('[EMAIL_1]');
    expect(gpt.lastBody).not.toContain(secret);
    expect(JSON.parse(translated.text).content[0].text).toBe(secret);
    await world.waitUntilNothingHeld();
  });
});
