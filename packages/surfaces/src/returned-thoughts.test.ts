import { adapterFor } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import { chatCompletionsSurface, messagesSurface, responsesSurface } from './index.ts';
import { readEvents } from './testing/surface-server.ts';

type Json = Record<string, unknown>;

const thought = 'I need the weather.';
const target = {
  baseUrl: 'http://10.0.0.1/v1',
  credential: null,
  model: 'm',
  maxOutputTokens: null,
  options: {},
  attemptId: 'r/1',
};
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Brno"}' } };
const serverOf = (profile: string) => adapterFor('OpenAICompatible', { baseUrl: target.baseUrl, options: { profile } });

/** A first turn as each surface asks it, and the second: the answer's own parts, unchanged, and the tool's result. */
const surfaces = {
  chat: {
    surface: chatCompletionsSurface,
    first: { model: 'm', messages: [{ role: 'user', content: 'x' }] },
    next: (answer: Json) => ({
      model: 'm',
      messages: [
        { role: 'user', content: 'x' },
        Object(answer).choices[0].message,
        { role: 'tool', tool_call_id: 'call_1', content: '5' },
      ],
    }),
  },
  messages: {
    surface: messagesSurface,
    first: { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'x' }] },
    next: (answer: Json) => ({
      model: 'm',
      max_tokens: 10,
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: answer.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '5' }] },
      ],
    }),
  },
  responses: {
    surface: responsesSurface,
    first: { model: 'm', input: 'x' },
    next: (answer: Json) => ({
      model: 'm',
      input: [
        { role: 'user', content: 'x' },
        ...(Array.isArray(answer.output) ? answer.output : []),
        { type: 'function_call_output', call_id: 'call_1', output: '5' },
      ],
    }),
  },
} as const;

/** The answer of a stream, as the last event of Responses has it, and as a client of Messages joins it. */
function joinStream(name: keyof typeof surfaces, text: string): Json {
  const events = readEvents(text.replaceAll('data: [DONE]\n\n', ''));
  if (name === 'responses') return Object(events.at(-1)).response;
  if (name === 'messages') return { content: joinBlocks(events) };
  const deltas = events.flatMap(({ choices }) => (Array.isArray(choices) ? choices.map(({ delta }) => delta) : []));
  const reasoning = deltas.map((delta) => Object(delta).reasoning_content ?? '').join('');
  return {
    choices: [{ message: { role: 'assistant', content: null, reasoning_content: reasoning, tool_calls: [call] } }],
  };
}

function joinBlocks(events: readonly Json[]): Json[] {
  const blocks: Json[] = [];
  for (const event of events) {
    const { type, index, content_block: block, delta } = Object(event);
    if (type === 'content_block_start') blocks[index] = { ...block };
    const open = blocks[index];
    if (type !== 'content_block_delta' || open === undefined) continue;
    if (delta.type === 'thinking_delta') open.thinking = String(open.thinking ?? '') + delta.thinking;
    if (delta.type === 'signature_delta') open.signature = String(open.signature ?? '') + delta.signature;
    if (delta.type === 'input_json_delta') open.input = { city: 'Brno' };
  }
  return blocks;
}

describe.each(['chat', 'messages', 'responses'] as const)(
  'thoughts of a server on the surface %s (D23, D48, C-F4)',
  (name) => {
    const { surface, first, next } = surfaces[name];
    const sendNext = (answer: Json, profile: string) => {
      const { chat } = surface.toChat(JSON.parse(JSON.stringify(next(answer))));
      const { messages } = JSON.parse(serverOf(profile).chat.toRequest(chat, target).body);
      return messages.find(({ role }: { role: string }) => role === 'assistant');
    };

    it.each([
      ['deepseek', 'reasoning_content'],
      ['vllm', 'reasoning'],
    ])('of the profile %s return as %s, plain', (profile, field) => {
      const message = { role: 'assistant', content: null, [field]: thought, tool_calls: [call] };
      const body = JSON.stringify({ id: 'a', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
      const answer = surface.fromAnswer(serverOf(profile).chat.fromResponse(body).body, surface.toChat(first));
      const sent = sendNext(answer, profile);
      expect(sent).toMatchObject({ [field]: thought, tool_calls: [{ id: 'call_1' }] });
      expect(Object.keys(sent).filter((key) => key.startsWith('reasoning'))).toEqual([field]);
    });

    it.each([
      ['deepseek', 'reasoning_content'],
      ['vllm', 'reasoning'],
    ])('of the profile %s return as %s, streamed', (profile, field) => {
      const stream = surface.createStream(surface.toChat({ ...first, stream: true }), { requestId: 'r', createdAt: 1 });
      const translator = serverOf(profile).chat.createStream({ includeUsage: false, createdAt: 1, model: 'm' });
      const deltas = [
        { role: 'assistant', [field]: thought.slice(0, 7) },
        { [field]: thought.slice(7) },
        { tool_calls: [{ index: 0, ...call }] },
      ];
      const chunks = [
        ...deltas.map((delta) => ({ id: 'a', choices: [{ index: 0, delta, finish_reason: null }] })),
        { id: 'a', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      ].flatMap((chunk) => translator.push(JSON.stringify(chunk)));
      const text = chunks.map((chunk) => stream.push(chunk)).join('') + stream.end(translator.end());
      expect(sendNext(joinStream(name, text), profile)).toMatchObject({ [field]: thought });
    });
  },
);
