import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const path = '/v1/messages';
const json = { 'content-type': 'application/json' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'other', type: 'OpenAICompatible' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
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

  it('is never charged beyond its bound for any number that the vendor reports', async () => {
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

describe.each([false, true])('D12: web search of OpenAI, streamed: %s', (stream) => {
  const webSearch = { type: 'web_search', external_web_access: false };
  const call = (action: object) => ({ type: 'web_search_call', id: 'ws_1', status: 'completed', action });
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Found.' }],
  };

  /** OpenAI answers after these calls. */
  function answerAfter(...actions: object[]): void {
    const output = [...actions.map(call), message];
    const usage = { input_tokens: 1000, output_tokens: 5, total_tokens: 1005 };
    const response = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'm',
      status: 'completed',
      output,
      usage,
    };
    const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const events = [
      event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
      ...output.map((item, output_index) => event('response.output_item.done', { output_index, item })),
      event('response.completed', { response }),
    ];
    world.upstream('gpt').answer = (_request, answered) => {
      if (stream) answered.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
      else answered.writeHead(200, json).end(JSON.stringify(response));
    };
  }
  const send = (tool: object, more: object = {}) =>
    world.send('/v1/responses', JSON.stringify({ model: 'gpt/m', input: 'Hi', stream, tools: [tool], ...more }));
  const sent = () => JSON.parse(world.upstream('gpt').lastBody);

  it('goes out with a bound, and each search is charged, but not the pages that are opened', async () => {
    answerAfter({ type: 'search', query: 'a' }, { type: 'open_page' }, { type: 'search', query: 'b' });
    const { requestId, status, headers } = await send(webSearch);

    expect({ status, dropped: headers.get('x-aggregator-dropped-params') }).toEqual({ status: 200, dropped: null });
    expect(sent()).toMatchObject({ tools: [webSearch], max_tool_calls: 10 });
    // 1,000 × $3 and 5 × $15 a million, and 2 × $0.01.
    expect(await world.usageOf(requestId)).toMatchObject({
      ...{ usage: { inputUncached: 1000, outputText: 5, toolCalls: 2 }, estimated: false },
      amountNanoUsd: String(3_000_000 + 75_000 + 20_000_000),
    });
    await world.waitUntilNothingHeld();
  });

  it.each([
    [3, 3],
    [1000, 50],
  ])('is bounded by max_tool_calls: %s is %s', async (asked, expected) => {
    answerAfter();
    await send(webSearch, { max_tool_calls: asked });
    expect(sent().max_tool_calls).toBe(expected);
  });

  it('is never charged beyond its bound for any number that the vendor reports', async () => {
    answerAfter(...Array.from({ length: 5 }, () => ({ type: 'search' })));
    const { requestId } = await send(webSearch, { max_tool_calls: 2 });
    expect((await world.usageOf(requestId)).usage).toMatchObject({ toolCalls: 2 });
  });

  it('of another price is left out and named', async () => {
    answerAfter();
    const container = { type: 'container_auto' };
    for (const tool of [
      ...[{ type: 'file_search' }, { type: 'code_interpreter' }, { type: 'image_generation' }],
      { type: 'shell', environment: container },
    ]) {
      const { headers } = await send(tool);
      expect(headers.get('x-aggregator-dropped-params')).toBe(`tools.${tool.type}`);
    }
    const own = { type: 'shell', environment: { type: 'local' } };
    expect((await send(own)).headers.get('x-aggregator-dropped-params')).toBeNull();
    expect(sent().tools).toEqual([own]);
  });
});
