import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const json = { 'content-type': 'application/json' };
const toolRates = {
  ...{ fileSearches: '2500000000', containers: '30000000000' },
  ...{ toolTextIn: '5000000', toolImageIn: '8000000', toolImageOut: '30000000' },
};

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic', rates: { containers: '4166666667' } },
    { name: 'unpriced', type: 'Anthropic' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses', vectorStores: 'vs_1, vs_2' }, rates: toolRates },
  ]);
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

/** 1,000 × $3 and 5 × $15 a million. */
const tokensNanoUsd = 3_075_000;

describe.each([false, true])('hosted tools of OpenAI, streamed: %s', (stream) => {
  const message = {
    ...{ type: 'message', id: 'msg_1', role: 'assistant' },
    content: [{ type: 'output_text', text: 'Done.' }],
  };

  /** OpenAI answers with these items before its words. */
  function answer(items: readonly object[], more: object = {}): void {
    const output = [...items, message];
    const usage = { input_tokens: 1000, output_tokens: 5, total_tokens: 1005 };
    const response = {
      ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed', output, usage },
      ...more,
    };
    const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const events = [
      event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
      ...output.map((item, output_index) => event('response.output_item.done', { output_index, item })),
      event('response.completed', { response: { ...response, output: [] } }),
    ];
    world.upstream('gpt').answer = (_request, answered) => {
      if (stream) answered.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
      else answered.writeHead(200, json).end(JSON.stringify(response));
    };
  }
  const send = (tools: readonly object[], more: object = {}) =>
    world.send('/v1/responses', JSON.stringify({ model: 'gpt/m', input: 'Hi', stream, tools, ...more }));
  const sent = () => JSON.parse(world.upstream('gpt').lastBody);
  const droppedOf = ({ headers }: { headers: Headers }) => headers.get('x-aggregator-dropped-params');

  it('charges each search of files', async () => {
    const tool = { type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'] };
    answer([{ type: 'file_search_call' }, { type: 'file_search_call' }]);
    const answered = await send([tool]);

    expect({ status: answered.status, dropped: droppedOf(answered) }).toEqual({ status: 200, dropped: null });
    expect(sent()).toMatchObject({ tools: [tool], max_tool_calls: 10 });
    expect(await world.usageOf(answered.requestId)).toMatchObject({
      usage: { inputUncached: 1000, outputText: 5, fileSearches: 2 },
      amountNanoUsd: String(tokensNanoUsd + 2 * 2_500_000),
      estimated: false,
    });
    await world.waitUntilNothingHeld();
  });

  it.each([
    ['code_interpreter', 'container', 'auto', 'code_interpreter_call'],
    ['shell', 'environment', 'container_auto', 'shell_call'],
  ])('charges the memory of each container of %s once', async (type, place, kind, callType) => {
    const tool = { type, [place]: { type: kind, memory_limit: '4g' } };
    const call = {
      type: callType,
      container_id: 'cntr_1',
      environment: { type: 'container_reference', container_id: 'cntr_1' },
    };
    answer([call, call], { tools: [tool] });
    const answered = await send([tool]);

    expect({ status: answered.status, dropped: droppedOf(answered) }).toEqual({ status: 200, dropped: null });
    expect(await world.usageOf(answered.requestId)).toMatchObject({
      usage: { containers: 4 },
      amountNanoUsd: String(tokensNanoUsd + 4 * 30_000_000),
      estimated: false,
    });
  });

  it('charges the tokens of pictures as reported', async () => {
    const drawn = {
      input_tokens: 7918,
      input_tokens_details: { image_tokens: 7620, text_tokens: 298 },
      output_tokens: 186,
    };
    answer([{ type: 'image_generation_call', result: 'aGk=' }], { tool_usage: { image_gen: drawn } });
    const answered = await send([{ type: 'image_generation', quality: 'low' }]);

    expect(sent()).toMatchObject({
      tools: [{ type: 'image_generation', quality: 'low', model: 'gpt-image-2' }],
      max_tool_calls: 4,
    });
    expect(await world.usageOf(answered.requestId)).toMatchObject({
      usage: { toolTextIn: 298, toolImageIn: 7620, toolImageOut: 186 },
      amountNanoUsd: String(tokensNanoUsd + 298 * 5000 + 7620 * 8000 + 186 * 30_000),
      estimated: false,
    });
  });

  it('charges the published tokens of pictures if none are reported (I22)', async () => {
    answer([{ type: 'image_generation_call', result: 'aGk=', quality: 'high', size: '1024x1536' }]);
    const { requestId } = await send([{ type: 'image_generation', model: 'gpt-image-2' }]);

    expect((await world.usageOf(requestId)).usage).toMatchObject({ toolImageOut: 6240 });
  });

  it('never charges beyond the bounds of the request for any number that the vendor reports (I2)', async () => {
    answer([
      ...Array.from({ length: 5 }, () => ({ type: 'file_search_call' })),
      ...Array.from({ length: 5 }, (_, at) => ({ type: 'code_interpreter_call', container_id: `cntr_${at}` })),
    ]);
    const tools = [
      { type: 'file_search', vector_store_ids: ['vs_1'] },
      { type: 'code_interpreter', container: { type: 'auto' } },
    ];
    const { requestId } = await send(tools, { max_tool_calls: 2 });

    expect(await world.usageOf(requestId)).toMatchObject({
      usage: { fileSearches: 2, containers: 1 },
      reportedUsage: { fileSearches: 5, containers: 5 },
    });
    await world.waitUntilNothingHeld();
  });

  it.each([
    { type: 'file_search', vector_store_ids: ['vs_of_another'] },
    { type: 'code_interpreter', container: 'cntr_of_another' },
    { type: 'code_interpreter', container: { type: 'auto', file_ids: ['file_of_another'] } },
    { type: 'code_interpreter', container: { type: 'auto', memory_limit: '2t' } },
    { type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_of_another' } },
    { type: 'image_generation', model: 'gpt-image-of-another-price' },
    { type: 'image_generation', input_image_mask: { file_id: 'file_of_another' } },
  ])('leaves out %j, and names it: of the account of the operator, or without a price', async (tool) => {
    answer([]);
    const answered = await send([tool]);

    expect(droppedOf(answered)).toBe(`tools.${tool.type}`);
    expect(sent().tools).toBeUndefined();
    expect((await send([tool], { strict: true })).status).toBe(400);
  });
});

describe.each([false, true])('code execution of Anthropic, streamed: %s', (stream) => {
  const code = { type: 'code_execution_20250825', name: 'code_execution' };
  const container = { id: 'container_1', expires_at: '2026-11-30T00:00:00Z' };

  function answer(name: string, more: object): void {
    const usage = { input_tokens: 1000, output_tokens: 5 };
    const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
    const whole = { ...head, content: [{ type: 'text', text: 'Ran.' }], stop_reason: 'end_turn', usage, ...more };
    const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const events = [
      event('message_start', { message: { ...head, content: [], stop_reason: null, usage } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: 'Ran.' } }),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null, ...more }, usage }),
      event('message_stop', {}),
    ];
    world.upstream(name).answer = (_request, answered) => {
      if (stream) answered.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
      else answered.writeHead(200, json).end(JSON.stringify(whole));
    };
  }
  const send = (name: string, tools: readonly object[]) => {
    const messages = [{ role: 'user', content: 'Hi' }];
    return world.send('/v1/messages', JSON.stringify({ model: `${name}/m`, max_tokens: 100, stream, messages, tools }));
  };

  it('charges the container in which code ran', async () => {
    answer('claude', { container });
    const { requestId, headers } = await send('claude', [code]);

    expect(headers.get('x-aggregator-dropped-params')).toBeNull();
    expect(await world.usageOf(requestId)).toMatchObject({
      usage: { inputUncached: 1000, outputText: 5, containers: 1 },
      amountNanoUsd: String(tokensNanoUsd + 4_166_667),
      estimated: false,
    });
    await world.waitUntilNothingHeld();
  });

  it('charges nothing for it if no code ran', async () => {
    answer('claude', {});
    const { requestId } = await send('claude', [code]);
    expect(await world.usageOf(requestId)).toMatchObject({ amountNanoUsd: String(tokensNanoUsd), estimated: false });
  });

  it('is free beside a search or a fetch that filters by code', async () => {
    answer('unpriced', { container });
    const { requestId, headers } = await send('unpriced', [code, { type: 'web_fetch_20260209', name: 'web_fetch' }]);

    expect(headers.get('x-aggregator-dropped-params')).toBeNull();
    const event = await world.usageOf(requestId);
    expect(event).toMatchObject({ amountNanoUsd: String(tokensNanoUsd), estimated: false });
    expect(event.reportedUsage).toBeUndefined();
  });

  it('is left out and named without a price', async () => {
    answer('unpriced', {});
    const { headers } = await send('unpriced', [code]);
    expect(headers.get('x-aggregator-dropped-params')).toBe(`tools.${code.type}`);
  });
});
