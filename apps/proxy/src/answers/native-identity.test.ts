import { editJson } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream' };
const plain = { 'x-aggregator-additions': 'none' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
    { name: 'chat', type: 'OpenAI', options: { api: 'chat-completions', chatLane: 'native' } },
    { name: 'own', type: 'OpenAICompatible', options: { chatLane: 'native' } },
    { name: 'repaired', type: 'OpenAICompatible' },
    { name: 'openai', type: 'OpenAI', options: { api: 'chat-completions' } },
  ]);
});
afterAll(() => world.stop());

/** Values as none of our JSON writers would write them: white space, escapes, exact numbers. */
const leaf = fc.oneof(
  fc.constantFrom(
    '1.0',
    '-0',
    '1e400',
    '12345678901234567890',
    '0.10',
    'true',
    'null',
    '""',
    '"\\u00e9\\/"',
    '[ ]',
    '{ }',
  ),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text.replaceAll(/[^\x20-\x7e]/g, 'é'))),
);
/** Names that neither side knows. */
const name = fc.stringMatching(/^x_[a-z]{1,8}$/);
const value = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { selector: ([field]) => field, maxLength: 3 })
      .map((fields) => `{${fields.map(([field, text]) => ` "${field}" :${text}`).join(',')}}`),
  ),
})).value;
const fields = fc
  .uniqueArray(fc.tuple(name, value), { selector: ([field]) => field, maxLength: 3 })
  .map((entries) => entries.map(([field, text]) => `, "${field}":\t${text}`).join(''));
/** A header of betas. */
const betas = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { minLength: 1, maxLength: 3 })
  .map((list) => list.join(','));

interface Dialect {
  readonly provider: string;
  readonly path: string;
  readonly header: string;
  request(model: string, block: string, more: string, isStreamed: boolean): string;
  answer(block: string, more: string): string;
  events(block: string, more: string): string;
}

const toEvent = (type: string, more: string) => `event: ${type}\ndata: {"type":"${type}"${more}}\n\n`;

const messages: Dialect = {
  ...{ provider: 'claude', path: '/v1/messages', header: 'anthropic-beta' },
  request: (model, block, more, isStreamed) =>
    `{"max_tokens": 9,"model" :"${model}","messages":[{"role":"user","content":[{"type":"text","text":"Hi"${block}},{"type":"x_new"${block}}]${block}}],"tools":[{"type":"x_tool","name":"n"${block}}]${more}${isStreamed ? ', "stream":true' : ''}}`,
  answer: (block, more) =>
    `{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"Hi"${block}},{"type":"x_block"${block}}],"stop_reason":"x_reason","usage":{"input_tokens":3,"output_tokens":2${block}}${more}}`,
  events: (block, more) =>
    [
      toEvent(
        'message_start',
        `,"message":{"id":"msg_1","model":"c","usage":{"input_tokens":3,"output_tokens":1}${block}}${more}`,
      ),
      toEvent('x_event', more),
      toEvent('content_block_start', `,"index":0,"content_block":{"type":"x_block"${block}}`),
      toEvent('content_block_delta', `,"index":0,"delta":{"type":"x_delta"${block}}${more}`),
      toEvent('content_block_stop', `,"index":0${more}`),
      toEvent('content_block_start', `,"index":1,"content_block":{"type":"text","text":""${block}}`),
      toEvent('content_block_delta', `,"index":1,"delta":{"type":"text_delta","text":"Hi"${block}}`),
      toEvent('content_block_stop', ',"index":1'),
      toEvent(
        'message_delta',
        `,"delta":{"stop_reason":"x_reason"${block}},"usage":{"output_tokens":2${block}}${more}`,
      ),
      toEvent('x_late', more),
      toEvent('message_stop', more),
    ].join(''),
};

const responses: Dialect = {
  ...{ provider: 'gpt', path: '/v1/responses', header: 'openai-beta' },
  request: (model, block, more, isStreamed) =>
    `{"store": false,"model" :"${model}","input":[{"type":"message","role":"user","content":"Hi"${block}},{"type":"x_item"${block}}],"tools":[{"type":"x_tool"${block}}]${more}${isStreamed ? ', "stream":true' : ''}}`,
  answer: (block, more) =>
    `{"id":"resp_1","object":"response","created_at":1,"model":"m","status":"completed","output":[{"type":"x_item"${block}},{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Hi"${block}}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5${block}}${more}}`,
  events: (block, more) =>
    [
      toEvent('response.created', `,"response":{"id":"resp_1","status":"in_progress"${block}}${more}`),
      toEvent('response.x_event', more),
      toEvent('response.output_item.added', `,"output_index":0,"item":{"type":"x_item"${block}}`),
      toEvent('response.output_item.done', `,"output_index":0,"item":{"type":"x_item"${block}}${more}`),
      toEvent('response.output_item.added', `,"output_index":1,"item":{"type":"message","id":"msg_1"${block}}`),
      toEvent('response.output_text.delta', `,"output_index":1,"delta":"Hi"${more}`),
      toEvent('response.output_item.done', `,"output_index":1,"item":{"type":"message"${block}}`),
      toEvent('response.completed', `,"response":${responses.answer(block, more)}${more}`),
    ].join(''),
};

const chat = (provider: string): Dialect => ({
  ...{ provider, path: '/v1/chat/completions', header: 'openai-beta' },
  request: (model, block, more, isStreamed) =>
    `{"temperature": 0.10,"model" :"${model}","messages":[{"role":"user","content":[{"type":"text","text":"Hi"${block}}]${block}}],"tools":[{"type":"function","function":{"name":"n"${block}}}]${more}${isStreamed ? ', "stream":true, "stream_options": {"include_usage":true}' : ''}}`,
  answer: (block, more) =>
    `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"${block}},"finish_reason":"stop"${block}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5${block}}${more}}`,
  events: (block, more) =>
    [
      `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""${block}}${block}}]${more}}`,
      `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"${block}}}]${more}}`,
      `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{${block.replace(/^, /, '')}},"finish_reason":"stop"}]${more}}`,
      `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5${block}}${more}}`,
      '[DONE]',
    ]
      .map((data) => `data: ${data}\n\n`)
      .join(''),
});

describe.each([messages, responses, chat('chat'), chat('own')])(
  'a request of $path to $provider and its answer, with fields, parts and events of tomorrow',
  (dialect) => {
    it('go through to the letter, but for what is declared', async () => {
      const upstream = world.upstream(dialect.provider);
      await fc.assert(
        fc.asyncProperty(
          fields,
          fields,
          betas,
          fc.boolean(),
          fc.boolean(),
          async (block, more, beta, isStreamed, isStrict) => {
            const given = isStreamed ? dialect.events(block, more) : dialect.answer(block, more);
            upstream.answer = (_request, response) =>
              void response.writeHead(200, isStreamed ? eventStream : json).end(given);
            const own = isStrict
              ? ',"strict":true,"provider":{"only":["claude","gpt","chat","own","repaired","openai"]}'
              : '';
            const body = dialect.request(`${dialect.provider}/m`, block, more + own, isStreamed);
            const answer = await world.send(dialect.path, body, { ...plain, [dialect.header]: beta });
            expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: given });
            expect(upstream.lastBody).toBe(
              editJson(
                body,
                new Map([
                  ['model', '"m"'],
                  ['strict', null],
                  ['provider', null],
                ]),
              ),
            );
            expect(upstream.lastHeaders[dialect.header]).toBe(beta);
            expect(answer.headers.get('x-aggregator-dropped-params')).toBeNull();
            expect(await world.usageOf(answer.requestId)).toMatchObject({
              ...{ outcome: 'completed', estimated: false, usage: { inputUncached: 3, outputText: 2 } },
            });
          },
        ),
        { numRuns: 40 },
      );
      await world.waitUntilNothingHeld();
    });
  },
);

/** `-0` is 0, and a number that no double holds is null. */
const parse = (text: string): Record<string, unknown> => JSON.parse(JSON.stringify(JSON.parse(text)));
/** Fields of a request and its messages without those that are null, which asks for nothing. */
const toValue = (text: string): Record<string, unknown> => {
  const { messages: all, ...rest } = withoutNulls(parse(text));
  return { ...rest, messages: Array.isArray(all) ? all.map(withoutNulls) : all };
};
const withoutNulls = (record: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, field]) => field !== null));
/** What a whole answer says, or each event of a stream. */
const saidIn = (text: string): unknown[] =>
  text.startsWith('{')
    ? [parse(text)]
    : text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [parse(line.slice(6))] : []));

describe.each([chat('repaired'), chat('openai')])(
  'a chat to $provider, which is repaired if it needs it',
  (dialect) => {
    it('has the fields and parts of tomorrow, in the request and in the answer', async () => {
      const upstream = world.upstream(dialect.provider);
      await fc.assert(
        fc.asyncProperty(fields, fields, fc.boolean(), async (block, more, isStreamed) => {
          const given = isStreamed ? dialect.events(block, more) : dialect.answer(block, more);
          upstream.answer = (_request, response) =>
            void response.writeHead(200, isStreamed ? eventStream : json).end(given);
          const body = dialect.request(`${dialect.provider}/m`, block, more, isStreamed);
          const answer = await world.send(dialect.path, body, plain);
          const { model: _model, ...sent } = toValue(upstream.lastBody);
          const { model: _asked, ...asked } = toValue(body);
          expect(sent).toEqual(asked);
          expect(answer.headers.get('x-aggregator-dropped-params')).toBeNull();
          expect(saidIn(answer.text)).toEqual(saidIn(given));
        }),
        { numRuns: 40 },
      );
      await world.waitUntilNothingHeld();
    });
  },
);
