import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };
const chat = '/v1/chat/completions';
const hello = [{ role: 'user', content: 'Hi' }];

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld(
    [
      { name: 'custom', type: 'OpenAICompatible' },
      { name: 'gpt', type: 'OpenAI', options: { api: 'chat-completions' } },
      { name: 'claude', type: 'Anthropic' },
      { name: 'gemini', type: 'Gemini' },
    ],
    { environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '0' } },
  );
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const answered = { id: 'c', object: 'chat.completion', created: 1, model: 'm' };
const chunked = { ...answered, object: 'chat.completion.chunk' };
const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const whole = {
  ...answered,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage,
};

/** The provider's next answer: events, or one body. */
function say(name: string, said: object | readonly unknown[], { status = 200, end = 'data: [DONE]\n\n' } = {}): void {
  world.upstream(name).answer = (_request, response) => {
    if (!Array.isArray(said)) return void response.writeHead(status, json).end(JSON.stringify(said));
    response.writeHead(status, events).end(said.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('') + end);
  };
}

async function ask(path: string, body: object) {
  const sent = await world.send(path, JSON.stringify(body));
  return { ...sent, body: sent.text.startsWith('{') ? JSON.parse(sent.text) : null };
}

const dataOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

/** The text that a client of each surface reads of a stream. */
const surfaces = [
  [chat, { messages: hello }, (event: Event) => event.choices?.[0]?.delta?.content],
  ['/v1/messages', { messages: hello, max_tokens: 100 }, (event: Event) => event.delta?.text],
  [
    '/v1/responses',
    { input: 'Hi' },
    (event: Event) => (event.type === 'response.output_text.delta' ? event.delta : ''),
  ],
] as const;
// biome-ignore lint/suspicious/noExplicitAny: events of three dialects
type Event = any;

describe.each(surfaces)('a stream on %s', (path, asked, textOf) => {
  const read = async (model: string) => {
    const { status, text } = await ask(path, { model, stream: true, ...asked });
    expect(status).toBe(200);
    return dataOf(text)
      .map((event) => textOf(event) ?? '')
      .join('');
  };

  it('D21: begins with the chunk without choices that Azure sends first, and ends with its last one', async () => {
    say('custom', [
      { ...chunked, id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      { ...chunked, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      { ...chunked, choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }] },
      { ...chunked, choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: null }] },
      { ...chunked, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { ...chunked, choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 } }] },
      { ...chunked, choices: [], usage },
    ]);
    expect(await read('custom/m')).toBe('Hello');
  });

  it('D30: keeps an emoji whose halves are in two chunks', async () => {
    say('custom', [
      { ...chunked, choices: [{ index: 0, delta: { role: 'assistant', content: 'a\ud83d' }, finish_reason: null }] },
      { ...chunked, choices: [{ index: 0, delta: { content: '\ude42b' }, finish_reason: 'stop' }] },
      { ...chunked, choices: [], usage },
    ]);
    expect(await read('custom/m')).toBe('a🙂b');
  });

  it('D39: is 502 if the provider reports an error as the first event of a success', async () => {
    say('custom', [{ error: { message: 'boom', type: 'server_error' } }]);
    const { status, requestId } = await ask(path, { model: 'custom/m', stream: true, ...asked });

    expect(status).toBe(502);
    expect(await world.usageOf(requestId)).toMatchObject({ amountNanoUsd: '0' });
  });
});

describe('a request that no provider could serve', () => {
  const at = (message: object) => ({ model: 'custom/m', messages: [message] });

  it.each([
    [
      'D35: image_url as a plain string',
      chat,
      at({ role: 'user', content: [{ type: 'image_url', image_url: 'https://a' }] }),
      'messages[0]',
    ],
    [
      'D41: the body of Responses on chat completions',
      chat,
      { model: 'custom/m', input: 'Hi', instructions: 'x' },
      'messages',
    ],
    [
      'D46: json_object for Claude',
      chat,
      { model: 'claude/m', messages: hello, response_format: { type: 'json_object' } },
      'response_format',
    ],
    ['D55: suffix', '/v1/completions', { model: 'custom/m', prompt: 'a', suffix: 'b' }, 'suffix'],
    ['D55: several prompts', '/v1/completions', { model: 'custom/m', prompt: ['a', 'b'] }, 'prompt'],
  ])('is 400 that names the field, for %s', async (_name, path, body, param) => {
    const { status, body: refusal } = await ask(path, body);

    expect(status).toBe(400);
    expect(refusal.error.param).toContain(param);
    expect(Object.values(world.upstreams).map(({ requests }) => requests)).toEqual([0, 0, 0, 0]);
  });
});

describe('an answer that a client sends back', () => {
  it.each(['custom', 'gpt', 'claude', 'gemini'])(
    'D43: is served with all its nulls and an empty tool result by %s',
    async (name) => {
      const answers: Record<string, object> = {
        claude: {
          ...{
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'm',
            stop_reason: 'end_turn',
            stop_sequence: null,
          },
          ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 10, output_tokens: 2 } },
        },
        gemini: {
          candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
        },
      };
      say(name, answers[name] ?? whole);
      const call = { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } };
      const nulls = { refusal: null, annotations: null, audio: null, function_call: null };
      const messages = [
        ...hello,
        { role: 'assistant', content: null, ...nulls, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '' },
        { role: 'assistant', content: 'Hello', ...nulls, tool_calls: null },
        { role: 'user', content: 'Again' },
      ];
      const { status, body } = await ask(chat, { model: `${name}/m`, messages });

      expect({ status, content: body.choices?.[0]?.message?.content }).toEqual({ status: 200, content: 'Hello' });
      // OpenAI takes its own nulls; others need not know the fields.
      const sent = world.upstream(name).lastBody;
      if (name !== 'gpt') expect(sent).not.toMatch(/"(?:refusal|annotations|audio|function_call|tool_calls)":null/);
    },
  );
});

describe.each([false, true])('usage for Claude Code, streamed: %s', (stream) => {
  it('D44: has the input and the cached part that OpenAI reports', async () => {
    const reported = {
      ...{ prompt_tokens: 1204, completion_tokens: 7, total_tokens: 1211 },
      prompt_tokens_details: { cached_tokens: 1024 },
    };
    const ended = { ...chunked, choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }] };
    say('gpt', stream ? [ended, { ...chunked, choices: [], usage: reported }] : { ...whole, usage: reported });
    const messages = [{ role: 'user', content: 'word '.repeat(1000) }];
    const { text, body } = await ask('/v1/messages', { model: 'gpt/m', max_tokens: 100, messages, stream });
    const counted = stream ? dataOf(text).findLast(({ type }) => type === 'message_delta').usage : body.usage;

    expect(counted).toMatchObject({ input_tokens: 180, cache_read_input_tokens: 1024, output_tokens: 7 });
  });
});

describe('Claude Code', () => {
  const request = {
    ...{ max_tokens: 32_000, thinking: { type: 'adaptive' }, metadata: { user_id: 'user_1' }, messages: hello },
    system: [
      { type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } },
    ],
    tools: [{ name: 'Read', description: 'Reads.', input_schema: { type: 'object', properties: {} } }],
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  };
  const beta = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,context-management-2025-06-27',
  };

  it('D09, D10, D26, A-F3: reaches Anthropic with its betas, and input that only the last event reports is charged', async () => {
    const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
    say(
      'claude',
      [
        {
          type: 'message_start',
          message: { ...head, content: [], stop_reason: null, usage: { input_tokens: 0, output_tokens: 0 } },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hello' } },
        { type: 'content_block_stop', index: 0 },
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { input_tokens: 110, output_tokens: 2 },
        },
        { type: 'message_stop' },
      ],
      { end: '' },
    );
    const sent = await world.send(
      '/v1/messages?beta=true',
      JSON.stringify({ model: 'claude/m', stream: true, ...request }),
      beta,
    );

    expect({ status: sent.status, dropped: sent.headers.get('x-aggregator-dropped-params') }).toEqual({
      status: 200,
      dropped: null,
    });
    expect(JSON.parse(world.upstream('claude').lastBody)).toEqual({ model: 'm', stream: true, ...request });
    expect(world.upstream('claude').lastHeaders).toMatchObject(beta);
    expect((await world.usageOf(sent.requestId)).usage).toMatchObject({ inputUncached: 110, outputText: 2 });
  });

  it('D10: is served by OpenAI, and what is left out is named', async () => {
    say('gpt', whole);
    const sent = await world.send('/v1/messages?beta=true', JSON.stringify({ model: 'gpt/m', ...request }), beta);

    expect(sent.status).toBe(200);
    expect(sent.headers.get('x-aggregator-dropped-params')?.split(', ')).toEqual(
      expect.arrayContaining(['anthropic-beta', 'context_management']),
    );
  });
});

describe('D37: a finish of Gemini', () => {
  it.each([
    ['MAX_TOKENS', {}, 'length'],
    ['STOP', { role: 'model', parts: [] }, 'stop'],
  ])('%s with the content %j is %s, and its thoughts are charged', async (finishReason, content, expected) => {
    say('gemini', {
      candidates: [{ index: 0, content, finishReason }],
      usageMetadata: { promptTokenCount: 10, thoughtsTokenCount: 50, totalTokenCount: 60 },
    });
    const { body, requestId } = await ask(chat, { model: 'gemini/m', messages: hello });

    expect(body.choices[0].finish_reason).toBe(expected);
    expect((await world.usageOf(requestId)).usage).toMatchObject({ inputUncached: 10, outputReasoning: 50 });
  });
});

describe('A-C6: an answer that breaks off', () => {
  it('is reported as such, without a word of what came before', async () => {
    world.upstream('custom').answer = (_request, response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' });
      response.write('{"id":"c","choices":[', () => response.destroy());
    };
    const { status, text } = await ask(chat, { model: 'custom/m', messages: hello });

    expect(status).toBe(502);
    expect(JSON.parse(text).error.message).toBe('The provider broke off its answer before its end.');
  });
});
