import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';
import { startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const events = { 'content-type': 'text/event-stream' };
const embeddings = { id: 'e', operation: 'embeddings', rates: { inputUncached: '1000000' } } as const;

let world: NativeWorld;
let metered: UsageWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'custom', type: 'OpenAICompatible' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
    { name: 'gemini', type: 'Gemini' },
  ]);
  metered = await startUsageWorld([embeddings]);
});
afterAll(async () => {
  await world.stop();
  await metered.stop();
});

const toEvents = (all: readonly object[]) => all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const dataOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

describe('D13: Codex with nulls in its history, a picture in an output, and a grammar tool', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  const patch = '*** Begin Patch\n*** End Patch';
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
  const body = {
    ...{ stream: true, store: false, instructions: 'Act.', parallel_tool_calls: true, reasoning: null },
    input: [
      { type: 'message', role: 'user', id: null, content: [{ type: 'input_text', text: 'Go' }] },
      { type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: patch, id: null, status: null },
      { type: 'custom_tool_call_output', call_id: 'c1', output: 'done' },
      { type: 'function_call', call_id: 'c2', name: 'view_image', arguments: '{}', id: null, status: null },
      { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_image', image_url: picture }] },
    ],
    tools: [
      { type: 'custom', name: 'apply_patch', description: 'Edits.', format: grammar },
      { type: 'function', name: 'view_image', parameters: { type: 'object', properties: {} }, strict: false },
    ],
  };

  it('is served by a server of chat completions, and has its call as a custom one', async () => {
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
    const called = JSON.stringify({ input: patch });
    const call = (fields: object) => ({
      ...head,
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...fields }] } }],
    });
    const stream = toEvents([
      call({ id: 'c3', type: 'function', function: { name: 'apply_patch', arguments: called.slice(0, 20) } }),
      call({ function: { arguments: called.slice(20) } }),
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      { ...head, choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
    ]);
    world.upstream('custom').answer = (_request, response) =>
      void response.writeHead(200, events).end(`${stream}data: [DONE]\n\n`);
    const { status, text } = await world.send('/v1/responses', JSON.stringify({ model: 'custom/m', ...body }));

    expect(status).toBe(200);
    const said = dataOf(text);
    const deltas = said.filter(({ type }) => type === 'response.custom_tool_call_input.delta');
    expect(deltas.map(({ delta }) => delta).join('')).toBe(patch);
    const { item } = said.find(({ type }) => type === 'response.output_item.done');
    expect(item).toMatchObject({ type: 'custom_tool_call', call_id: 'c3', name: 'apply_patch', input: patch });
    const sent = JSON.parse(world.upstream('custom').lastBody);
    expect(JSON.stringify(sent.messages)).toContain(picture);
    expect(sent.messages.filter(({ role }: { role: string }) => role === 'tool')).toHaveLength(2);
    expect(world.upstream('custom').lastBody).not.toMatch(/"(?:id|status|reasoning)":null/);
  });

  it('reaches OpenAI as it came', async () => {
    const item = {
      type: 'custom_tool_call',
      id: 'ctc',
      call_id: 'c3',
      name: 'apply_patch',
      input: patch,
      status: 'completed',
    };
    const usage = { input_tokens: 9, output_tokens: 2, total_tokens: 11 };
    const response = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'm',
      status: 'completed',
      output: [item],
      usage,
    };
    const stream = toEvents([
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, input: '' } },
      { type: 'response.custom_tool_call_input.delta', output_index: 0, item_id: 'ctc', delta: patch },
      { type: 'response.custom_tool_call_input.done', output_index: 0, item_id: 'ctc', input: patch },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response },
    ]);
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, events).end(stream);
    const { status, text } = await world.send('/v1/responses', JSON.stringify({ model: 'gpt/m', ...body }), {
      'x-aggregator-additions': 'none',
    });

    expect({ status, events: dataOf(text).slice(2, 5) }).toEqual({ status: 200, events: dataOf(stream).slice(2, 5) });
    expect(JSON.parse(world.upstream('gpt').lastBody)).toEqual({ model: 'm', ...body });
  });
});

describe('D29: a picture of 6.5 MB in one event of Gemini', () => {
  it('is delivered whole', async () => {
    const data = `${'iVBORw0KGgoAAAAA'.repeat(406_250)}`;
    const parts = [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data } }];
    const stream = toEvents([
      { candidates: [{ index: 0, content: { role: 'model', parts } }] },
      {
        candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 },
      },
    ]);
    world.upstream('gemini').answer = (_request, response) => void response.writeHead(200, events).end(stream);
    const messages = [{ role: 'user', content: 'Draw' }];
    const { status, text } = await world.send(
      '/v1/chat/completions',
      JSON.stringify({ model: 'gemini/m', stream: true, messages }),
    );

    expect(status).toBe(200);
    expect(data).toHaveLength(6_500_000);
    const urls = dataOf(text).flatMap(({ choices }) => choices.flatMap((choice: Choice) => choice.delta?.images ?? []));
    expect(urls.map(({ image_url: { url } }) => url)).toEqual([`data:image/png;base64,${data}`]);
  });
});
interface Choice {
  readonly delta?: { readonly images?: readonly { readonly image_url: { readonly url: string } }[] };
}

describe('D42: embeddings that come as numbers and out of order', () => {
  const vectors = [
    { object: 'embedding', index: 1, embedding: [2, -0.5] },
    { object: 'embedding', index: 0, embedding: [1, 0.25] },
  ];
  const toBase64 = (numbers: readonly number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

  it.each([
    [
      'float',
      [
        [1, 0.25],
        [2, -0.5],
      ],
    ],
    ['base64', [toBase64([1, 0.25]), toBase64([2, -0.5])]],
  ])('are in the order of the inputs, as %s', async (format, expected) => {
    const body = { model: 'e', input: ['a', 'b'], encoding_format: format };
    const answer = { object: 'list', data: vectors, model: 'e', usage: { prompt_tokens: 2, total_tokens: 2 } };
    const { status, json } = await metered.ask('/v1/embeddings', body, answer);
    const { data } = json as unknown as { data: readonly { index: number; embedding: unknown }[] };

    expect(status).toBe(200);
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data.map(({ embedding }) => embedding)).toEqual(expected);
  });
});
