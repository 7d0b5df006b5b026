import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const chat = '/v1/chat/completions';

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld(
    [
      { name: 'custom', type: 'OpenAICompatible' },
      { name: 'gpt', type: 'OpenAI', options: { api: 'chat-completions' } },
      { name: 'responses', type: 'OpenAI', options: { api: 'responses' } },
      { name: 'claude', type: 'Anthropic' },
      { name: 'gemini', type: 'Gemini' },
      { name: 'cohere', type: 'Cohere' },
      { name: 'router', type: 'OpenRouter' },
      { name: 'yandex', type: 'Yandex', options: { folder: 'b1g' } },
    ],
    { environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '0' } },
  );
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

// biome-ignore lint/suspicious/noExplicitAny: bodies of several dialects
type Body = any;
type Message = { readonly role: string; readonly content: string };

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const head = { id: 'c', created: 1, model: 'm' };
const answerOf = (message: object, finish_reason = 'stop') => ({
  ...{ ...head, object: 'chat.completion', usage },
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
});
const hello = answerOf({ content: 'Hello' });
/** What each provider that has its own dialect answers with. */
const answers: Readonly<Record<string, object>> = {
  cohere: {
    ...{ id: 'a', finish_reason: 'COMPLETE' },
    message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    usage: { billed_units: { input_tokens: 10, output_tokens: 2 } },
  },
  responses: {
    ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed' },
    output: [
      ...[{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }],
    ],
    usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12 },
  },
  claude: {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn', stop_sequence: null },
    ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 10, output_tokens: 2 } },
  },
  gemini: {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
  },
};

function say(name: string, said: object | readonly object[]): void {
  world.upstream(name).answer = (_request, response) => {
    const isStream = Array.isArray(said);
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    response.end(
      isStream
        ? `${said.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`
        : JSON.stringify(said),
    );
  };
}

async function ask(path: string, body: object) {
  const answer = await world.send(path, JSON.stringify(body));
  expect(answer.status).toBe(200);
  return answer;
}
const sentTo = (name: string): Body => JSON.parse(world.upstream(name).lastBody);
const dataOf = (text: string): Body[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

const call = (id: string, name: string, args = '{}') => ({ id, type: 'function', function: { name, arguments: args } });

describe('D43: an answer that a client sends back', () => {
  it.each(['cohere', 'router', 'yandex', 'responses'])('is served with all its nulls by %s', async (name) => {
    say(name, answers[name] ?? hello);
    const nulls = { refusal: null, annotations: null, audio: null, function_call: null };
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, ...nulls, tool_calls: [call('call_1', 'now')] },
      { role: 'tool', tool_call_id: 'call_1', content: '' },
      { role: 'assistant', content: 'Hello', ...nulls, tool_calls: null },
      { role: 'user', content: 'Again' },
    ];
    const { text } = await ask(chat, { model: `${name}/m`, messages });

    expect(JSON.parse(text).choices[0].message.content).toBe('Hello');
  });
});

describe('D24: a tool without properties in its schema', () => {
  const parameters = { type: 'object' };
  const messages = [{ role: 'user', content: 'Hi' }];

  it.each([
    [chat, { messages, tools: [{ type: 'function', function: { name: 'list', parameters } }] }],
    ['/v1/messages', { messages, max_tokens: 100, tools: [{ name: 'list', input_schema: parameters }] }],
    ['/v1/responses', { input: 'Hi', tools: [{ type: 'function', name: 'list', parameters }] }],
  ])('has empty ones at OpenAI, asked on %s', async (path, body) => {
    say('gpt', hello);
    await ask(path, { model: 'gpt/m', ...body });

    expect(sentTo('gpt').tools[0].function.parameters).toEqual({ type: 'object', properties: {} });
  });
});

describe('D49: system messages of an agent', () => {
  it.each([
    [
      '/v1/responses',
      { instructions: 'a', input: [...[{ role: 'developer', content: 'b' }], { role: 'user', content: 'x' }] },
      ['a', 'b'],
    ],
    [
      '/v1/messages',
      {
        ...{ max_tokens: 100, system: 'a' },
        messages: [
          { role: 'user', content: 'x' },
          { role: 'system', content: 'b' },
        ],
      },
      ['a', 'b'],
    ],
  ])('of %s are one, and the first', async (path, body, said) => {
    say('custom', hello);
    await ask(path, { model: 'custom/m', ...body });
    const { messages } = sentTo('custom');

    expect(messages.map(({ role }: Message) => role)).toEqual(['system', 'user']);
    for (const text of said) expect(messages[0].content).toContain(text);
  });
});

describe('D61: the block of Claude Code for the billing of Anthropic', () => {
  const billing = 'x-anthropic-billing-header: cc_version=2.1.177; cc_entrypoint=cli; cch=36ee5;';
  const body = {
    ...{ max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    system: [billing, 'You are an agent.'].map((text) => ({ type: 'text', text })),
  };

  it.each([
    ['claude', true],
    ['gpt', false],
    ['gemini', false],
    ['custom', false],
  ])('reaches %s: %s', async (name, isSent) => {
    say(name, answers[name] ?? hello);
    await ask('/v1/messages', { model: `${name}/m`, ...body });
    const sent = world.upstream(name).lastBody;

    expect(sent).toContain('You are an agent.');
    expect(sent.includes('x-anthropic-billing-header')).toBe(isSent);
  });
});

describe('D06, D08: names and ids that are too long for OpenAI', () => {
  const name = 'mcp__plugin_video-strategist_video-analytics__get_video_enhanced_transcript_text';

  it('are short there, and whole in the answer of /v1/messages', async () => {
    world.upstream('gpt').answer = (_request, response) => {
      const sent = sentTo('gpt').tools[0].function.name;
      const answer = answerOf({ content: null, tool_calls: [call('call_2', sent)] }, 'tool_calls');
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    const id = `call_${'x'.repeat(112)}`;
    const { text } = await ask('/v1/messages', {
      ...{ model: 'gpt/m', max_tokens: 100 },
      tools: [{ name, input_schema: { type: 'object', properties: {} } }],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'tool_use', id, name, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: '5' }] },
      ],
    });
    const { messages, tools } = sentTo('gpt');
    const sent = messages[1].tool_calls[0];

    for (const short of [tools[0].function.name, sent.id]) expect(short.length).toBeLessThanOrEqual(64);
    expect([messages[2].tool_call_id, sent.function.name]).toEqual([sent.id, tools[0].function.name]);
    expect(JSON.parse(text).content).toMatchObject([{ type: 'tool_use', name }]);
  });
});

describe('D15: a streamed call without arguments', () => {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...{ ...head, object: 'chat.completion.chunk' },
    choices: [{ index: 0, delta, finish_reason }],
  });
  const stream = [
    chunk({ role: 'assistant', tool_calls: [{ index: 0, ...call('c1', 'now', '') }] }),
    chunk({}, 'tool_calls'),
    { ...chunk({}), choices: [], usage },
  ];

  it('has {} on chat from OpenRouter', async () => {
    say('router', stream);
    const messages = [{ role: 'user', content: 'Hi' }];
    const { text } = await ask(chat, { model: 'router/m', messages, stream: true });
    const calls = dataOf(text).flatMap(({ choices }) => choices[0]?.delta?.tool_calls ?? []);

    expect(calls.map((one) => one.function.arguments ?? '').join('')).toBe('{}');
  });

  it('has {} in the item of /v1/responses', async () => {
    say('custom', stream);
    const { text } = await ask('/v1/responses', { model: 'custom/m', input: 'Hi', stream: true });
    const { item } = dataOf(text).find(({ type }) => type === 'response.output_item.done');

    expect(item).toMatchObject({ type: 'function_call', arguments: '{}' });
  });
});

describe('D37: the end of a stream of Gemini', () => {
  it.each([
    ['MAX_TOKENS', {}, 'length'],
    ['STOP', { role: 'model', parts: [] }, 'stop'],
  ])('%s with the content %j is %s, and its thoughts are charged', async (finishReason, content, expected) => {
    const usageMetadata = { promptTokenCount: 10, thoughtsTokenCount: 50, totalTokenCount: 60 };
    say('gemini', [{ candidates: [{ index: 0, content, finishReason }], usageMetadata }]);
    const messages = [{ role: 'user', content: 'Hi' }];
    const { text, requestId } = await ask(chat, { model: 'gemini/m', messages, stream: true });
    const reasons = dataOf(text).flatMap(({ choices }) => choices[0]?.finish_reason ?? []);

    expect(reasons).toEqual([expected]);
    expect((await world.usageOf(requestId)).usage).toMatchObject({ inputUncached: 10, outputReasoning: 50 });
  });
});
