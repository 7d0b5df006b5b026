import { describe, expect, it } from '@jest/globals';
import { additions, joinAnswer, script } from '../testing/chat-script.ts';
import { play, readEvents } from '../testing/surface-server.ts';
import { messagesSurface } from './index.ts';

const plain = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], stop_sequences: ['END'] };
const request = messagesSurface.toChat(plain);
const answer = (message: object, choice: object = {}) =>
  messagesSurface.fromAnswer({ choices: [{ index: 0, message, finish_reason: 'stop', ...choice }] }, request);

describe("an answer in Anthropic's form", () => {
  it('has every field of a message, its tokens beside those of the cache, and what we add', () => {
    expect(messagesSurface.fromAnswer(joinAnswer(script([{ content: 'Hi' }])), request)).toEqual({
      id: 'msg_7F3a',
      type: 'message',
      role: 'assistant',
      model: 'model-that-served',
      content: [{ type: 'text', text: 'Hi', citations: null }],
      container: null,
      diagnostics: null,
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      usage: {
        input_tokens: 30,
        output_tokens: 40,
        cache_creation_input_tokens: 10,
        cache_read_input_tokens: 60,
        cache_creation: null,
        output_tokens_details: { thinking_tokens: 15 },
        server_tool_use: null,
        inference_geo: null,
        service_tier: null,
        speed: null,
        cost: 0.000123,
        cost_nano_usd: '123000',
      },
      ...additions,
    });
  });

  it('sends usage and what we add in the last event but one of a stream', () => {
    const events = readEvents(play(messagesSurface, request, script([{ content: 'Hi' }])));

    expect(events.at(-2)).toMatchObject({
      type: 'message_delta',
      usage: { input_tokens: 30, cache_read_input_tokens: 60, cost: 0.000123, cost_nano_usd: '123000' },
      ...additions,
    });
  });

  it.each([
    ['stop', {}, { stop_reason: 'end_turn' }],
    ['length', {}, { stop_reason: 'max_tokens' }],
    ['tool_calls', {}, { stop_reason: 'tool_use' }],
    [
      'content_filter',
      {},
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: null } },
    ],
    ['stop', { stop_reason: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    ['stop', { stop_sequence: 'never asked for' }, { stop_reason: 'end_turn', stop_sequence: null }],
  ])('says why it stopped: %s %j', (finishReason, choice, expected) => {
    const chunks = script([{ content: 'Hi' }], finishReason, choice);

    expect(messagesSurface.fromAnswer(joinAnswer(chunks), request)).toMatchObject(expected);
    expect(readEvents(play(messagesSurface, request, chunks)).at(-2)).toMatchObject({ delta: expected });
  });

  it('ends with the text when the provider closes it with a thought that only the provider can read', () => {
    const sealed = { type: 'reasoning.encrypted', data: 'c2ln', format: 'google-gemini-v1', index: 0 };
    const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const closed = script([{ content: 'Hi' }, { reasoning_details: [sealed] }]);
    const before = [{ content: 'Hi' }, { reasoning_details: [{ ...sealed, index: 1 }] }, { tool_calls: [call] }];
    const types = (chunks: ReturnType<typeof script>) =>
      readEvents(play(messagesSurface, request, chunks)).flatMap(
        ({ content_block }) => Object(content_block).type ?? [],
      );

    expect(types(closed)).toEqual(['text']);
    expect(types(script(before, 'tool_calls'))).toEqual(['text', 'redacted_thinking', 'tool_use']);
    expect(answer({ content: 'Hi', reasoning_details: [{ ...sealed, index: 1 }] })).toMatchObject({
      content: [{ type: 'text', text: 'Hi' }],
    });
    expect(answer({ content: null, reasoning_details: [sealed] })).toMatchObject({
      content: [{ type: 'redacted_thinking' }],
    });
  });

  it('waits for the result of a call also where the provider calls its reason a plain stop', () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'a', arguments: '{}' } };
    const chunks = script([{ tool_calls: [call] }], 'stop');

    expect(messagesSurface.fromAnswer(joinAnswer(chunks), request)).toMatchObject({ stop_reason: 'tool_use' });
    expect(readEvents(play(messagesSurface, request, chunks)).at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
    });
  });

  it('shows a refusal as what was said, and as the reason why it stopped', () => {
    expect(answer({ content: null, refusal: 'No.' })).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    });
  });

  it('shows arguments that are no JSON object as such', () => {
    const call = (text: string) => ({
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'a', arguments: text } }],
    });

    expect(answer(call('{"a":')).content).toMatchObject([{ input: { INVALID_JSON: '{"a":' } }]);
    expect(answer(call('[1]')).content).toMatchObject([{ input: { INVALID_JSON: '[1]' } }]);
    expect(answer(call(' ')).content).toMatchObject([{ input: {} }]);
  });

  it('makes up an id for a call that has none', () => {
    const call = { type: 'function', function: { name: 'a', arguments: '{}' } };

    expect(answer({ content: 'x', tool_calls: [call, call] }).content).toMatchObject([
      { type: 'text' },
      { id: 'toolu_unknown_1' },
      { id: 'toolu_unknown_2' },
    ]);
  });

  it('is whole where nothing was said, and where no chunk was kept back', () => {
    expect(readEvents(play(messagesSurface, request, { chunks: [], last: null })).map((event) => event.type)).toEqual([
      'message_start',
      'message_delta',
      'message_stop',
    ]);
  });

  it.each([
    ['A-F4', { native_finish_reason: 'model_context_window_exceeded', finish_reason: 'length' }, {}],
    ['A-F4', { native_finish_reason: 'pause_turn', finish_reason: 'stop' }, {}],
    ['A-F5', { native_finish_reason: 'stop_sequence', finish_reason: 'stop' }, { stop_sequence: 'END' }],
  ])('%s: keeps the reason %j of its provider, plain and streamed', (_fault, choice, more) => {
    const expected = { stop_reason: choice.native_finish_reason, stop_sequence: null, ...more };
    const { finish_reason, ...native } = choice;
    const events = readEvents(play(messagesSurface, request, script([{ content: 'Hi' }], finish_reason, native)));

    expect(answer({ role: 'assistant', content: 'Hi' }, choice)).toMatchObject(expected);
    expect(events.at(-2)).toMatchObject({ delta: expected });
  });

  it('A-F5: names no sequence where the caller has several', () => {
    const several = messagesSurface.toChat({ ...plain, stop_sequences: ['END', 'STOP'] });
    const choices = [
      { index: 0, message: { content: 'Hi' }, finish_reason: 'stop', native_finish_reason: 'stop_sequence' },
    ];

    expect(messagesSurface.fromAnswer({ choices }, several)).toMatchObject({
      ...{ stop_reason: 'stop_sequence', stop_sequence: null },
    });
  });
});
