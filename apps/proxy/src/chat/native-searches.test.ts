import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const path = '/v1/messages';
const json = { 'content-type': 'application/json' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'other', type: 'OpenAICompatible' },
  ]);
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const search = { type: 'web_search_20250305', name: 'web_search' };
const ask = (model: string, tool: object) =>
  JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], tools: [tool] });

/** Claude answers after so many searches, of which each is also input. */
function answer(searches: number, input = 1000): void {
  const usage = { input_tokens: input, output_tokens: 5, server_tool_use: { web_search_requests: searches } };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'end_turn',
    stop_sequence: null,
  };
  const content = [{ type: 'text', text: 'Found.' }];
  world.upstream('claude').answer = (_request, response) =>
    void response.writeHead(200, json).end(JSON.stringify({ ...message, content, usage }));
}

const sentTools = () => JSON.parse(world.upstream('claude').lastBody).tools;

describe('D11: web search of Anthropic', () => {
  it('goes out with its own bound, and each search is charged', async () => {
    answer(3);
    const { requestId, status, headers } = await world.send(path, ask('claude/m', { ...search, max_uses: 8 }));

    expect({ status, dropped: headers.get('x-aggregator-dropped-params') }).toEqual({ status: 200, dropped: null });
    expect(sentTools()).toEqual([{ ...search, max_uses: 8 }]);
    // 1,000 × $3 and 5 × $15 a million, and 3 × $0.01.
    expect(await world.usageOf(requestId)).toMatchObject({
      ...{ usage: { inputUncached: 1000, outputText: 5, toolCalls: 3 }, estimated: false },
      amountNanoUsd: String(3_000_000 + 75_000 + 30_000_000),
    });
    await world.waitUntilNothingHeld();
  });

  it.each([
    [{}, 10],
    [{ max_uses: 1000 }, 50],
  ])('is bounded if it is not: %j is %s', async (bound, expected) => {
    answer(1);
    await world.send(path, ask('claude/m', { ...search, ...bound }));

    expect(sentTools()).toEqual([{ ...search, max_uses: expected }]);
  });

  it('is never answered from the cache', async () => {
    answer(1);
    const body = ask('claude/m', search).replace('{', '{"temperature":0,');
    const requests = world.upstream('claude').requests;
    for (let times = 0; times < 2; times += 1) {
      expect((await world.send(path, body)).headers.get('x-aggregator-cache')).toBe('bypass');
    }
    expect(world.upstream('claude').requests).toBe(requests + 2);
  });

  it('is never charged beyond its bound, whatever the vendor reports', async () => {
    answer(9, 40_000);
    const { requestId } = await world.send(path, ask('claude/m', { ...search, max_uses: 2 }));
    const { usage, reportedUsage } = await world.usageOf(requestId);

    expect(usage).toEqual({ inputUncached: 40_000, outputText: 5, toolCalls: 2 });
    expect(reportedUsage).toMatchObject({ toolCalls: 9 });
  });

  it('is left out and named at a provider without it', async () => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    world.upstream('other').answer = (_request, response) =>
      void response.writeHead(200, json).end(JSON.stringify({ id: 'c', created: 1, model: 'm', choices, usage }));
    const { status, headers } = await world.send(path, ask('other/m', search));

    expect({ status, dropped: headers.get('x-aggregator-dropped-params') }).toEqual({
      status: 200,
      dropped: 'tools.web_search_20250305',
    });
  });
});
