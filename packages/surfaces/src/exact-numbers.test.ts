import { type ProviderType, parseExactJson, parseOpaqueJson } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chatCompletionsSurface, messagesSurface, responsesSurface } from './index.ts';

/** Numbers that JavaScript would write in another way, or not at all, and some that it would not. */
const number = fc.oneof(
  fc.constantFrom('1234567890123456789', '-9007199254740993', '1.0', '-0', '-0.0', '0.1000', '1E5', '1e400', '-1e-400'),
  fc.constantFrom('0.0000001', '1e21', '100000000000000000000', '12345.678901234567', '0', '7', '-1.5', '0.1', '2e+3'),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toFixed(7)),
  fc.tuple(fc.integer(), fc.stringMatching(/^[0-9]{1,20}$/)).map(([whole, rest]) => `${whole}.${rest}`),
);
/** Compact JSON, as `JSON.stringify` writes all but the numbers. */
const json = fc
  .tuple(number, number, number, fc.constantFrom('', ': 1.0, 2e5', 'a " b'))
  .map(([id, one, two, text]) => `{"id":${id},"list":[${one},{"deep":${two}}],"text":${JSON.stringify(text)}}`);

const target = {
  ...{ baseUrl: 'https://api.example.com/v1', credential: 'secret', model: 'm', maxOutputTokens: 1000 },
  ...{ attemptId: 'a/1', options: { folder: 'f' } },
};
const providers: readonly ProviderType[] = [
  'OpenAI',
  'Anthropic',
  'Gemini',
  'Cohere',
  'OpenRouter',
  'OpenAICompatible',
  'Yandex',
  'Mock',
];
const text = (value: string) => JSON.stringify(value);
const schemaOf = (args: string) => `{"type":"object","properties":{"id":{"type":"integer","const":${args}}}}`;

/** The same history, with arguments and the schema of a tool, as a client of each surface writes it. */
const surfaces = {
  chat: {
    surface: chatCompletionsSurface,
    body: (args: string) =>
      `{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":${text(args)}}}]},{"role":"tool","tool_call_id":"c1","content":${text(args)}}],"tools":[{"type":"function","function":{"name":"f","parameters":${schemaOf(args)}}}],"temperature":1.0}`,
  },
  messages: {
    surface: messagesSurface,
    body: (args: string) =>
      `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":${args}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":${text(args)}}]}],"tools":[{"name":"f","input_schema":${schemaOf(args)}}]}`,
  },
  responses: {
    surface: responsesSurface,
    body: (args: string) =>
      `{"model":"m","input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"c1","name":"f","arguments":${text(args)}},{"type":"function_call_output","call_id":"c1","output":${text(args)}}],"tools":[{"type":"function","name":"f","parameters":${schemaOf(args)}}]}`,
  },
} as const;
const names = ['chat', 'messages', 'responses'] as const;

const usage = '"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"input_tokens":1,"output_tokens":1}';
const openAiAnswer = (args: string) =>
  `{"id":"a","object":"chat.completion","created":1.0,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":${args}}}]},"finish_reason":"tool_calls"}],${usage}}`;
/** A plain answer with a call, as each provider writes it. */
const answers: Readonly<Record<string, readonly [ProviderType, (args: string) => string]>> = {
  Anthropic: [
    'Anthropic',
    (args) =>
      `{"id":"a","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"c1","name":"f","input":${args}}],"stop_reason":"tool_use","stop_sequence":null,${usage}}`,
  ],
  Gemini: [
    'Gemini',
    (args) =>
      `{"responseId":"a","candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"c1","name":"f","args":${args}}}]},"finishReason":"STOP","index":0}]}`,
  ],
  Cohere: [
    'Cohere',
    (args) =>
      `{"id":"a","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":${text(args)}}}]}}`,
  ],
  OpenAI: ['OpenAI', (args) => openAiAnswer(text(args))],
  Mock: ['Mock', (args) => openAiAnswer(text(args))],
  'a server that sends an object': ['OpenAICompatible', openAiAnswer],
};

/** Events of a stream with a call whose arguments come whole. */
const streams: Readonly<Record<string, readonly [ProviderType, (args: string) => readonly string[]]>> = {
  Anthropic: [
    'Anthropic',
    (args) => [
      '{"type":"message_start","message":{"id":"a","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}',
      `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c1","name":"f","input":${args}}}`,
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}',
      '{"type":"message_stop"}',
    ],
  ],
  Gemini: ['Gemini', (args) => [answers.Gemini?.[1](args) ?? '']],
  'a server that sends an object': [
    'OpenAICompatible',
    (args) => [
      `{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":${args}}}]},"finish_reason":null}]}`,
      '{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}',
    ],
  ],
};

/** As JSON, or as a text of JSON. */
const holds = (whole: string, args: string) => whole.includes(args) || whole.includes(text(args).slice(1, -1));
const runs = { numRuns: 60 };

describe.each(names)('numbers on the surface %s', (name) => {
  const { surface, body } = surfaces[name];

  it.each(providers)('keep their text in arguments, results and schemas on the way to %s', (type) => {
    fc.assert(
      fc.property(json, (args) => {
        const { chat } = surface.toChat(parseExactJson(body(args)));
        const sent = adapterFor(type).chat.toRequest(chat, target).body;
        const schema = `"const":${args}`;
        const result = text(args).slice(1, -1);
        expect([sent.includes(schema), sent.includes(result)]).toEqual([true, true]);
        expect(holds(sent.replace(schema, '').replace(result, ''), args)).toBe(true);
      }),
      runs,
    );
  });

  it.each(Object.keys(answers))('keep their text in a plain answer of %s', (from) => {
    const [type, write] = answers[from] ?? [];
    if (type === undefined || write === undefined) throw new Error('no answer');
    fc.assert(
      fc.property(json, (args) => {
        const { body: answer } = adapterFor(type).chat.fromResponse(write(args));
        const asked = surface.toChat(parseExactJson(body('{}')));
        expect(holds(JSON.stringify(surface.fromAnswer(answer, asked)), args)).toBe(true);
      }),
      runs,
    );
  });

  it.each(Object.keys(streams))('keep their text in a stream of %s', (from) => {
    const [type, write] = streams[from] ?? [];
    if (type === undefined || write === undefined) throw new Error('no stream');
    fc.assert(
      fc.property(json, (args) => {
        const translator = adapterFor(type).chat.createStream({ includeUsage: false, createdAt: 1, model: 'm' });
        const stream = surface.createStream(surface.toChat(parseExactJson(body('{}'))), {
          requestId: 'r',
          createdAt: 1,
        });
        const out = write(args).flatMap((event) => translator.push(event).map((chunk) => stream.push(chunk)));
        expect(holds(out.join('') + stream.end(translator.end()), args)).toBe(true);
      }),
      runs,
    );
  });
});

describe('a body with unusual numbers (D56)', () => {
  it.each(['OpenAI', 'Anthropic', 'Gemini', 'Cohere', 'OpenRouter'] as const)(
    'keeps their text in the schema of an answer from %s',
    (type) => {
      fc.assert(
        fc.property(json, (args) => {
          const schema = `{"type":"object","properties":{"id":{"const":${args}}}}`;
          const format = `{"type":"json_schema","json_schema":{"name":"n","schema":${schema}}}`;
          const body = `{"model":"m","messages":[{"role":"user","content":"hi"}],"response_format":${format}}`;
          const { chat } = chatCompletionsSurface.toChat(parseExactJson(body));
          expect(adapterFor(type).chat.toRequest(chat, target).body).toContain(`"const":${args}`);
        }),
        runs,
      );
    },
  );

  it('keeps their text behind every sign and space that JSON allows', () => {
    fc.assert(
      fc.property(number, fc.constantFrom('', ' ', '\n', '\t  '), (text, space) => {
        for (const list of [`[${space}${text}${space}]`, `[0,${space}${text}]`]) {
          expect(JSON.stringify(parseOpaqueJson(`{"a":${space}${list}}`))).toBe(`{"a":${list.replaceAll(space, '')}}`);
        }
      }),
    );
  });

  it('has ordinary numbers wherever the gateway reads them', () => {
    const body = parseExactJson(
      '{"temperature":1.0,"max_tokens":1E3,"input":[1.0,{"arguments":{"a":1.0}}],"metadata":{"a":2.0}}',
    );
    expect(body).toMatchObject({ temperature: 1, max_tokens: 1000, input: [1, {}] });
    expect(JSON.stringify(body)).toBe(
      '{"temperature":1,"max_tokens":1000,"input":[1,{"arguments":{"a":1.0}}],"metadata":{"a":2.0}}',
    );
  });
});
