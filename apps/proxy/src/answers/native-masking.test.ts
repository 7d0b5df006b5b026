import { compilePolicy, maskTexts } from '@aggregator/anonymisation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream' };
const masking = { 'x-aggregator-privacy': 'mask', 'x-aggregator-additions': 'none' };
const secret = 'anna.petrova@example.com';
const other = 'bob@example.org';

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
    { name: 'own', type: 'OpenAICompatible', options: { chatLane: 'native' } },
    { name: 'repaired', type: 'OpenAICompatible', capabilities: ['prefill'] },
  ]);
});
afterAll(() => world.stop());

const toEvent = (fields: { type: string }) => `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`;
/** A text in pieces, cut at any place. */
const cut = (text: string, places: readonly number[]): string[] => {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, next) => one - next);
  return [0, ...ends].map((from, at) => text.slice(from, ends[at] ?? text.length)).filter((piece) => piece !== '');
};

interface Dialect {
  readonly provider: string;
  readonly path: string;
  /** With three texts of the client, and a field of tomorrow. */
  request(model: string, texts: readonly [string, string, string], isStreamed: boolean): string;
  answer(text: string, argument: string): string;
  stream(pieces: readonly string[], argumentPieces: readonly string[]): string;
  readAnswer(body: string): { text: string; argument: string };
  readStream(events: readonly Record<string, never>[]): { text: string; argument: string };
}

const toArguments = (argument: string) => JSON.stringify({ to: argument });
// biome-ignore lint/suspicious/noExplicitAny: what an SDK would read
type Any = any;

const messages: Dialect = {
  ...{ provider: 'claude', path: '/v1/messages' },
  request: (model, [said, result, unknown], isStreamed) =>
    `{ "max_tokens":9, "x_n":1.0,"x_esc":"Caf\\u00e9", "model":"${model}","system":[{"type":"text","text":"${said}"}],"messages":[{"role":"user","content":"Mail ${said}"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"send","input":{"to": "${said}","n":1.0}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"${result}"},{"type":"x_block","x_text":"${unknown}","big":12345678901234567890}]}],"tools":[{"type":"x_tool","name":"n","x":"${said}"}],"x_top":["${unknown}"]${isStreamed ? ',"stream":true' : ''}}`,
  answer: (text, argument) =>
    JSON.stringify({
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'c', stop_reason: 'tool_use' },
      content: [
        { type: 'thinking', thinking: text, signature: 's' },
        { type: 'text', text, x: 1 },
        { type: 'tool_use', id: 't2', name: 'send', input: { to: argument } },
      ],
      usage: { input_tokens: 3, output_tokens: 2 },
    }),
  stream: (pieces, argumentPieces) =>
    [
      { type: 'message_start', message: { id: 'msg_1', model: 'c', usage: { input_tokens: 3, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...pieces.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't2', name: 'send', input: {} } },
      ...argumentPieces.map((piece) => ({
        ...{ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: piece } },
      })),
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ]
      .map(toEvent)
      .join(''),
  readAnswer(body) {
    const { content } = JSON.parse(body);
    return { text: content[1].text, argument: content[2].input.to };
  },
  readStream(events: readonly Any[]) {
    const of = (index: number) =>
      events.filter(({ index: at, delta }) => at === index && delta).map(({ delta }) => delta);
    return {
      text: of(0)
        .map(({ text }) => text)
        .join(''),
      argument: JSON.parse(
        of(1)
          .map(({ partial_json }) => partial_json)
          .join(''),
      ).to,
    };
  },
};

const responses: Dialect = {
  ...{ provider: 'gpt', path: '/v1/responses' },
  request: (model, [said, result, unknown], isStreamed) =>
    `{ "store":false, "x_n":1.0,"x_esc":"Caf\\u00e9", "model":"${model}","instructions":"${said}","input":[{"role":"user","content":"Mail ${said}"},{"type":"function_call","call_id":"c","name":"send","arguments":"{\\"to\\": \\"${said}\\"}"},{"type":"function_call_output","call_id":"c","output":"${result}"},{"type":"x_item","x_text":"${unknown}","big":12345678901234567890}],"tools":[{"type":"x_tool","x":"${said}"}],"x_top":["${unknown}"]${isStreamed ? ',"stream":true' : ''}}`,
  answer: (text, argument) =>
    JSON.stringify({
      ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed' },
      output: [
        { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text, annotations: [] }] },
        { type: 'function_call', id: 'fc', call_id: 'c2', name: 'send', arguments: toArguments(argument) },
      ],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    }),
  stream: (pieces, argumentPieces) => {
    const text = pieces.join('');
    const call = argumentPieces.join('');
    return [
      { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } },
      { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'msg_1', content: [] } },
      ...pieces.map((delta) => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })),
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text },
      {
        ...{ type: 'response.output_item.done', output_index: 0 },
        item: { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text }] },
      },
      {
        ...{ type: 'response.output_item.added', output_index: 1 },
        item: { type: 'function_call', id: 'fc', call_id: 'c2', name: 'send', arguments: '' },
      },
      ...argumentPieces.map((delta) => ({ type: 'response.function_call_arguments.delta', output_index: 1, delta })),
      { type: 'response.function_call_arguments.done', output_index: 1, arguments: call },
      {
        ...{ type: 'response.output_item.done', output_index: 1 },
        item: { type: 'function_call', id: 'fc', call_id: 'c2', name: 'send', arguments: call },
      },
      { type: 'response.completed', response: JSON.parse(responses.answer(text, JSON.parse(call).to)) },
    ]
      .map((event, at) => toEvent({ ...event, sequence_number: at } as Any))
      .join('');
  },
  readAnswer(body) {
    const { output } = JSON.parse(body);
    return { text: output[0].content[0].text, argument: JSON.parse(output[1].arguments).to };
  },
  readStream(events: readonly Any[]) {
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, at) => at));
    const said = (type: string) =>
      events
        .filter((event) => event.type === type)
        .map(({ delta }) => delta)
        .join('');
    const text = said('response.output_text.delta');
    const call = said('response.function_call_arguments.delta');
    const whole = JSON.stringify(events.at(-1).response);
    expect(responses.readAnswer(whole)).toEqual({ text, argument: JSON.parse(call).to });
    expect(events.find(({ type }) => type === 'response.output_text.done').text).toBe(text);
    expect(events.find(({ type }) => type === 'response.function_call_arguments.done').arguments).toBe(call);
    return { text, argument: JSON.parse(call).to };
  },
};

const chat: Dialect = {
  ...{ provider: 'own', path: '/v1/chat/completions' },
  request: (model, [said, result, unknown], isStreamed) =>
    `{ "temperature":0.10,"x_esc":"Caf\\u00e9", "model":"${model}","messages":[{"role":"system","content":"${said}"},{"role":"user","content":"Mail ${said}"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"send","arguments":"{\\"to\\": \\"${said}\\"}"}}]},{"role":"tool","tool_call_id":"c","content":"${result}","x_text":"${unknown}"}],"tools":[{"type":"function","function":{"name":"send","x":"${said}"}}],"x_top":["${unknown}"]${isStreamed ? ',"stream":true,"stream_options":{"include_usage":true}' : ''}}`,
  answer: (text, argument) =>
    JSON.stringify({
      ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
      choices: [
        {
          ...{ index: 0, finish_reason: 'tool_calls' },
          message: {
            ...{ role: 'assistant', content: text },
            tool_calls: [{ id: 'c2', type: 'function', function: { name: 'send', arguments: toArguments(argument) } }],
          },
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    }),
  stream: (pieces, argumentPieces) => {
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', x_big: 1 };
    const chunk = (delta: object, reason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    return [
      chunk({ role: 'assistant', content: '' }),
      ...pieces.map((content) => chunk({ content })),
      chunk({ tool_calls: [{ index: 0, id: 'c2', type: 'function', function: { name: 'send', arguments: '' } }] }),
      ...argumentPieces.map((piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
      chunk({}, 'tool_calls'),
      { ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    ]
      .map((event) => `data: ${JSON.stringify(event)}\n\n`)
      .concat('data: [DONE]\n\n')
      .join('');
  },
  readAnswer(body) {
    const { message } = JSON.parse(body).choices[0];
    return { text: message.content, argument: JSON.parse(message.tool_calls[0].function.arguments).to };
  },
  readStream(events: readonly Any[]) {
    const deltas = events.flatMap(({ choices }) => choices.map(({ delta }: Any) => delta));
    const call = deltas.map(({ tool_calls: calls }) => calls?.[0]?.function?.arguments ?? '').join('');
    return { text: deltas.map(({ content }) => content ?? '').join(''), argument: JSON.parse(call).to };
  },
};

/** Words around a placeholder; some look like the beginning of one, as the last word or the first. */
const around = fc.constantFrom('', ' ', 'Hi ', ' and [', ' E', 'EMAIL', ' [EMAIL_', '\n"é" ', ' [EMAIL_9] ');
const said = fc
  .tuple(around, fc.constantFrom('[EMAIL_1]', 'EMAIL_1', '[email_2]', ''), around)
  .map((parts) => parts.join(''));
/** What may be put back is decided by the vault, over a whole text. */
const { vault } = maskTexts([secret, other], compilePolicy({ mode: 'mask' }));
const restore = (text: string) => vault.restore(text);
const restoreArgument = (argument: string) => JSON.parse(vault.restore(toArguments(argument), 'json')).to;

describe.each([messages, responses, chat])('a masked request of $path in its native lane', (dialect) => {
  const ask = async (isStreamed: boolean, answer: string) => {
    const upstream = world.upstream(dialect.provider);
    upstream.answer = (_request, response) => void response.writeHead(200, isStreamed ? eventStream : json).end(answer);
    const texts = [secret, `from ${other}`, `x ${other}`] as const;
    const sent = await world.send(dialect.path, dialect.request(`${dialect.provider}/m`, texts, isStreamed), masking);
    const expected = dialect
      .request('m', ['[EMAIL_1]', 'from [EMAIL_2]', 'x [EMAIL_2]'], isStreamed)
      // Definitions of tools stay as they are.
      .replace('"x":"[EMAIL_1]"', `"x":"${secret}"`);
    expect({ status: sent.status, body: upstream.lastBody }).toEqual({ status: 200, body: expected });
    expect(sent.headers.get('x-aggregator-dropped-params')).toBeNull();
    return sent.text;
  };

  it('leaves with placeholders in its texts and all else to the letter; the whole answer has the values', async () => {
    await fc.assert(
      fc.asyncProperty(said, said, async (text, argument) => {
        const given = dialect.answer(text, argument);
        const answer = await ask(false, given);
        expect(dialect.readAnswer(answer)).toEqual({ text: restore(text), argument: restoreArgument(argument) });
        if (restore(text) === text && restoreArgument(argument) === argument) expect(answer).toBe(given);
      }),
      { numRuns: 30 },
    );
  });

  it('has the values in its stream, wherever the provider cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(said, said, fc.array(fc.nat(60), { maxLength: 8 }), async (text, argument, places) => {
        const stream = dialect.stream(cut(text, places), cut(toArguments(argument), places));
        const answer = await ask(true, stream);
        const events = answer
          .split('\n')
          .filter((line) => line.startsWith('data: {'))
          .map((line) => JSON.parse(line.slice(6)));
        expect(dialect.readStream(events)).toEqual({ text: restore(text), argument: restoreArgument(argument) });
        if (text === '' && argument === '') expect(answer).toBe(stream);
      }),
      { numRuns: 60 },
    );
    await world.waitUntilNothingHeld();
  });
});

describe('a masked request of the Messages API', () => {
  it('has its signed thoughts as they came, and is translated if they say something personal', async () => {
    const upstream = world.upstream('claude');
    upstream.answer = (_request, response) =>
      void response.writeHead(200, json).end(messages.answer('[EMAIL_1]', '[EMAIL_1]'));
    const ask = (thinking: string) =>
      world.send(
        '/v1/messages',
        JSON.stringify({
          ...{ model: 'claude/m', max_tokens: 9, x_new: 1, metadata: { user_id: secret } },
          messages: [
            { role: 'user', content: secret },
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking, signature: 's' },
                { type: 'text', text: 'a' },
              ],
            },
            { role: 'user', content: 'Go' },
          ],
        }),
        masking,
      );
    const kept = await ask('To [EMAIL_1].');
    expect(JSON.parse(upstream.lastBody)).toMatchObject({
      ...{ x_new: 1, metadata: {} },
      messages: [{ content: '[EMAIL_1]' }, { content: [{ thinking: 'To [EMAIL_1].', signature: 's' }, {}] }, {}],
    });
    expect(JSON.parse(kept.text).content[0].thinking).toBe('[EMAIL_1]');
    const translated = await ask(`To ${other}.`);
    expect(upstream.lastBody).not.toContain(other);
    expect(translated.headers.get('x-aggregator-dropped-params')).toContain('x_new');
  });
});

describe('a masked request that is no native chat', () => {
  it('counts its tokens with placeholders', async () => {
    const upstream = world.upstream('claude');
    upstream.answer = (_request, response) => void response.writeHead(200, json).end('{"input_tokens":7}');
    const body = JSON.stringify({ model: 'claude/m', messages: [{ role: 'user', content: `Mail ${secret}` }] });
    const { text } = await world.send('/v1/messages/count_tokens', body, masking);
    expect({ text, sent: JSON.parse(upstream.lastBody).messages }).toMatchObject({
      ...{ text: '{"input_tokens":7}', sent: [{ content: 'Mail [EMAIL_1]' }] },
    });
  });

  it('reaches a server without the values in its unknown fields', async () => {
    const upstream = world.upstream('repaired');
    upstream.answer = (_request, response) => void response.writeHead(200, json).end(chat.answer('x', 'y'));
    const unknown = { x: { [secret]: [`to ${secret}`, 4111111111111111] } };
    const asked = (text: object) => ({
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'a', ...text }],
          ...text,
        },
        {
          ...{ role: 'assistant', ...text },
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}', ...text }, ...text }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'b' },
      ],
      ...text,
    });
    const body = { model: 'repaired/m', ...asked(unknown), x_text: secret, [other]: 1 };
    const { status } = await world.send('/v1/chat/completions', JSON.stringify(body), masking);
    const masked = { x: { '[EMAIL_1]': ['to [EMAIL_1]', '[CARD_1]'] } };
    expect({ status, sent: JSON.parse(upstream.lastBody) }).toMatchObject({
      ...{ status: 200, sent: { ...asked(masked), x_text: '[EMAIL_1]' } },
    });
    expect(upstream.lastBody).not.toContain(other);
  });
});

describe('a masked native stream that broke off inside a placeholder', () => {
  it('is continued in chat completions with the value, once', async () => {
    const pieces = ['Mail [EMAIL_1] and [EMA', 'IL'];
    world.upstream('claude').answer = (_request, response) => {
      const said = messages.stream(pieces, []);
      response
        .writeHead(200, eventStream)
        .write(said.slice(0, said.indexOf('event: content_block_stop')), () => response.destroy());
    };
    for (const name of ['gpt', 'own']) {
      world.upstream(name).answer = (_request, response) => void response.writeHead(503).end();
    }
    world.upstream('repaired').answer = (_request, response) => {
      const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
      const chunk = (content: string, reason: string | null) =>
        `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content }, finish_reason: reason }] })}\n\n`;
      response.writeHead(200, eventStream).end(`${chunk('_1', null)}${chunk('].', 'stop')}data: [DONE]\n\n`);
    };
    const body = { model: 'all', max_tokens: 9, stream: true, messages: [{ role: 'user', content: `To ${secret}` }] };
    const { text } = await world.send('/v1/messages', JSON.stringify(body), masking);
    const deltas = [...text.matchAll(/^data: (\{.*"text_delta".*\})$/gm)].map(
      ([, data = '']) => JSON.parse(data).delta.text,
    );
    expect({ said: deltas.join(''), hasStopped: text.includes('message_stop') }).toEqual({
      ...{ said: `Mail ${secret} and ${secret}.`, hasStopped: true },
    });
    expect(world.upstream('repaired').lastBody).not.toContain(secret);
  });
});
