import { describe, expect, it } from '@jest/globals';
import { OpenAiStream } from '../openai-stream.ts';
import { fromOpenAiAnswer } from '../response.ts';
import { ResponsesChatStream } from './stream.ts';

const created = {
  type: 'response.created',
  response: { id: 'resp_1', model: 'm', created_at: 7, status: 'in_progress' },
};
const usage = { input_tokens: 9, output_tokens: 5, total_tokens: 14 };
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [], usage } };
const added = (index: number, item: object) => ({ type: 'response.output_item.added', output_index: index, item });
const done = (index: number, item: object) => ({ type: 'response.output_item.done', output_index: index, item });
const delta = (kind: string, index: number, text: string) => ({
  type: `response.${kind}.delta`,
  output_index: index,
  delta: text,
});

function read(events: readonly object[], stream = new ResponsesChatStream({ includeUsage: true })) {
  const chunks = events.flatMap((event) => stream.push(JSON.stringify(event))).map((text) => JSON.parse(text));
  const choices = chunks.flatMap(({ choices }) => choices);
  return { stream, choices, deltas: choices.map(({ delta }) => delta), end: stream.end() };
}

describe('a stream of OpenAI’s Responses API (A-F2)', () => {
  it('gives the call of a custom tool under its type, and its grammar’s text as it is', () => {
    const call = { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '*** Begin' };
    const { deltas, choices } = read([
      created,
      added(0, { ...call, input: '' }),
      delta('custom_tool_call_input', 0, '*** Begin'),
      done(0, call),
      completed,
    ]);
    expect(deltas.slice(1, 3)).toEqual([
      { tool_calls: [{ index: 0, id: 'call_1', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: '*** Begin' } }] },
    ]);
    expect(choices.at(-1)).toMatchObject({ finish_reason: 'tool_calls' });
  });

  it('gives what comes whole, without pieces: a call, a thought, a text', () => {
    const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}' };
    const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAA' };
    const message = { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] };
    const { deltas, stream } = read([
      created,
      done(0, thought),
      done(1, message),
      added(2, call),
      done(2, call),
      completed,
    ]);
    expect(deltas.slice(1, -1)).toEqual([
      {
        reasoning_content: 'Hm.',
        reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm.', format: 'openai-responses-v1', index: 0 }],
      },
      {
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAA', format: 'openai-responses-v1', index: 0 }],
      },
      { content: 'Hello' },
      { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    ]);
    expect(stream).toMatchObject({ isComplete: true, malformedEvents: 0, outputCharacters: 15 });
  });

  it('sets two messages apart as the plain answer does', () => {
    const messages = ['Let me look.', 'Done.'].map((text) => ({
      type: 'message',
      content: [{ type: 'output_text', text }],
    }));
    const { deltas } = read([created, ...messages.map((message, index) => done(index, message)), completed]);
    const body = { id: 'resp_1', object: 'response', status: 'completed', output: messages, usage };
    const { body: plain } = fromOpenAiAnswer(JSON.stringify(body));
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Let me look.\n\nDone.');
    expect(plain).toMatchObject({ choices: [{ message: { content: 'Let me look.\n\nDone.' } }] });
  });

  it('gives the probabilities of a text beside it', () => {
    const logprobs = [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }];
    const { choices } = read([
      created,
      added(0, { type: 'message' }),
      { ...delta('output_text', 0, 'Hi'), logprobs },
      completed,
    ]);
    expect(choices[1]).toEqual({
      index: 0,
      delta: { content: 'Hi' },
      logprobs: { content: logprobs, refusal: null },
      finish_reason: null,
    });
  });

  it('counts the work of a hosted tool as life and output, and breaks at none of its events', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const { stream, deltas } = read([
      created,
      added(0, search),
      { type: 'response.web_search_call.searching', output_index: 0, item_id: 'ws_1' },
      { type: 'response.code_interpreter_call_code.delta', output_index: 0, delta: 'print(1)' },
      { type: 'response.output_text.annotation.added', output_index: 0, annotation: {} },
      { type: 'response.novelty', anything: [1] },
    ]);
    expect(stream).toMatchObject({ hasLife: true, outputCharacters: 8, malformedEvents: 0, error: null });
    expect(deltas).toHaveLength(1);
  });

  it('has life when a hosted tool is done', () => {
    const { stream } = read([created, done(0, { type: 'image_generation_call', result: 'iVBOR' })]);
    expect(stream).toMatchObject({ hasLife: true, outputCharacters: 0 });
  });

  it('reads usage also of a response that failed', () => {
    const response = { status: 'failed', error: { code: 'server_error', message: 'x' }, usage };
    const { stream, end } = read([created, { type: 'response.failed', response }]);
    expect(stream).toMatchObject({
      ...{ isComplete: false, isEnded: true, usage: { inputUncached: 9, outputText: 5 } },
      error: { code: 'upstream_error', isRetryable: true },
    });
    expect(end).toBeNull();
  });

  it('is read where a server leaves out the begin of the response, and of its items', () => {
    const { stream, deltas } = read([
      delta('reasoning_summary_text', 0, 'Hm.'),
      delta('function_call_arguments', 1, '{}'),
      delta('output_text', 2, 'Hi'),
      completed,
    ]);
    expect(deltas.slice(0, 3)).toMatchObject([
      { role: 'assistant' },
      { reasoning_content: 'Hm.', reasoning_details: [{ index: 0 }] },
      { content: 'Hi' },
    ]);
    expect(stream).toMatchObject({ isComplete: true, malformedEvents: 0, outputCharacters: 7 });
  });

  it('has nothing behind its end', () => {
    const { deltas, end } = read([
      created,
      delta('output_text', 0, 'Hi'),
      completed,
      delta('output_text', 0, '!'),
      completed,
    ]);
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Hi');
    expect(end).toMatchObject({ usage: { prompt_tokens: 9 } });
  });

  it('is a failure if it was cancelled', () => {
    const { stream } = read([created, { type: 'response.cancelled', response: { status: 'cancelled' } }]);
    expect(stream).toMatchObject({ isComplete: false, error: { code: 'upstream_error' } });
  });

  it('is recognised by its first event that is JSON', () => {
    const stream = new OpenAiStream({ includeUsage: false });
    const events = [
      '',
      JSON.stringify(created),
      JSON.stringify(delta('output_text', 0, 'Hi')),
      JSON.stringify(completed),
    ];
    const chunks = events.flatMap((event) => stream.push(event)).map((text) => JSON.parse(text));
    expect(chunks.map(({ choices }) => choices[0].delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'Hi' },
    ]);
    expect(stream.end()).toMatchObject({ id: 'resp_1', choices: [{ finish_reason: 'stop' }] });
    expect(stream).toMatchObject({ isComplete: true, isEnded: true, usage: { inputUncached: 9, outputText: 5 } });
  });
});

describe('a plain answer of OpenAI’s Responses API', () => {
  it.each(['queued', 'in_progress', undefined])('is none that can be understood while it is %s', (status) => {
    const body = JSON.stringify({ object: 'response', status, output: [] });
    expect(() => fromOpenAiAnswer(body)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('keeps what only OpenAI can read, with the place where it stood', () => {
    const output = [
      { type: 'reasoning', summary: [], encrypted_content: 'g0' },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'g2' },
      { type: 'custom_tool_call', call_id: 'call_2', name: 'c', input: 'x' },
    ];
    const { body } = fromOpenAiAnswer(JSON.stringify({ object: 'response', status: 'completed', output, usage }));
    expect(body.choices).toMatchObject([
      {
        message: {
          content: null,
          reasoning_content: 'Hm.',
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'g0', index: 0 },
            { type: 'reasoning.summary', summary: 'Hm.', index: 2 },
            { type: 'reasoning.encrypted', data: 'g2', index: 2 },
          ],
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'call_2', type: 'custom', custom: { name: 'c', input: 'x' } },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ]);
  });
});
