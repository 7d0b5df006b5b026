import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnthropicChatStream } from './stream.ts';

const usage = { input_tokens: 9, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude', usage } };
const stop = { type: 'message_stop' };
const open = (index: number, block: object) => ({ type: 'content_block_start', index, content_block: block });
const close = (index: number) => ({ type: 'content_block_stop', index });
const piece = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const text = (value: string, index = 0) => piece(index, { type: 'text_delta', text: value });
const change = (reason: string | null, more: object = { usage: { output_tokens: 5 } }) => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null },
  ...more,
});
const emptyText = open(0, { type: 'text', text: '' });
const emptyCall = (index: number, input: object = {}) =>
  open(index, { type: 'tool_use', id: `toolu_${index}`, name: 'f', input });

function run(events: readonly (object | string)[], includeUsage = false) {
  const stream = new AnthropicChatStream({ includeUsage });
  const texts = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  const sent = texts.flatMap((event) => stream.push(event)).map((chunk) => JSON.parse(chunk));
  return { stream, sent, deltas: sent.map((chunk) => chunk.choices[0]?.delta), end: stream.end() };
}

describe('pieces of text', () => {
  const slow = (value: string) =>
    JSON.stringify({ delta: { text: value, type: 'text_delta' }, index: 0, type: 'content_block_delta' });

  it('are the same whether they are read the quick way or the long way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(9), (value, padding) => {
        const quick = `${JSON.stringify(text(value)).slice(0, -1)}${' '.repeat(padding)}}`;
        const one = run([start, emptyText, quick]);
        const other = run([start, emptyText, slow(value)]);
        expect(one.sent).toEqual(other.sent);
        expect(one.stream.outputCharacters).toBe(value.length);
        expect(one.stream.hasLife).toBe(value !== '');
      }),
      { numRuns: 500 },
    );
  });

  it('are not taken from an event that only looks like one', () => {
    const fakes = [
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\u0001"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"b"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}}',
      '{"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"a"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":7}}',
    ];
    const { deltas, stream } = run([start, emptyText, ...fakes]);
    expect(deltas).toEqual([{ role: 'assistant', content: '' }]);
    expect(stream.malformedEvents).toBe(fakes.length);
  });

  it('before the message, after its end and after an error are nothing', () => {
    expect(run([emptyText, text('a')])).toMatchObject({ sent: [], stream: { malformedEvents: 2 } });
    const late = run([start, emptyText, change('end_turn'), text('a')]);
    expect(late).toMatchObject({ stream: { malformedEvents: 1, outputCharacters: 0 } });
    const error = { type: 'error', error: { type: 'api_error', message: 'x' } };
    expect(run([start, emptyText, error, text('a'), change('end_turn')])).toMatchObject({
      sent: [{}],
      end: null,
      stream: { malformedEvents: 0, isComplete: false, error: { code: 'upstream_error' } },
    });
  });

  it('that a block begins with are sent, too', () => {
    expect(run([start, open(0, { type: 'text', text: 'a' })]).deltas[1]).toEqual({ content: 'a' });
  });
});

describe('calls of tools', () => {
  const called = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });

  it('are numbered among themselves, with their arguments in pieces', () => {
    const { deltas, stream } = run([
      start,
      emptyText,
      text('a'),
      close(0),
      emptyCall(1),
      piece(1, { type: 'input_json_delta', partial_json: '' }),
      piece(1, { type: 'input_json_delta', partial_json: '{"a":' }),
      piece(1, { type: 'input_json_delta', partial_json: '1}' }),
      close(1),
      emptyCall(2),
      close(2),
    ]);
    expect(deltas.slice(2)).toEqual([
      called(0, { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '' } }),
      called(0, { function: { arguments: '{"a":' } }),
      called(0, { function: { arguments: '1}' } }),
      called(1, { id: 'toolu_2', type: 'function', function: { name: 'f', arguments: '' } }),
      called(1, { function: { arguments: '{}' } }),
    ]);
    expect(stream.outputCharacters).toBe('a{"a":1}{}'.length);
  });

  it('that come whole are sent whole, once', () => {
    expect(run([start, emptyCall(0, { a: 1 }), close(0)]).deltas[2]).toEqual(
      called(0, { function: { arguments: '{"a":1}' } }),
    );
  });

  it('of the provider’s own tools are not the client’s', () => {
    const server = open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} });
    const { deltas, stream } = run([
      start,
      server,
      piece(0, { type: 'input_json_delta', partial_json: '{}' }),
      close(0),
    ]);
    expect(deltas).toHaveLength(1);
    expect(stream).toMatchObject({ hasLife: false, malformedEvents: 0 });
  });
});

describe('thinking', () => {
  const format = 'anthropic-claude-v1';

  it('goes out to be read, and to be given back', () => {
    const { deltas, stream } = run([
      start,
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      piece(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      piece(0, { type: 'signature_delta', signature: 's' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'd' }),
      close(1),
    ]);
    expect(deltas.slice(1)).toEqual([
      { reasoning_content: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', format, index: 0 }] },
      { reasoning_details: [{ type: 'reasoning.text', signature: 's', format, index: 0 }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'd', format, index: 1 }] },
    ]);
    expect(stream.outputCharacters).toBe(3);
  });

  it('that is hidden has no life, but can be given back', () => {
    const hidden = [
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      piece(0, { type: 'signature_delta', signature: 's' }),
    ];
    const { deltas, stream } = run([start, ...hidden]);
    expect(deltas[1]).toEqual({ reasoning_details: [{ type: 'reasoning.text', signature: 's', format, index: 0 }] });
    expect(stream.hasLife).toBe(false);
  });
});

describe('the end', () => {
  const counters = { inputUncached: 9, outputText: 5 };

  it('is the stop reason, kept with its usage for who asked and without for who did not', () => {
    const events = [start, emptyText, text('a'), close(0), change('max_tokens'), stop];
    const head = { id: 'msg_1', object: 'chat.completion.chunk', created: 0, model: 'claude' };
    const finish = { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'length' }] };
    const plain = run(events);
    expect(plain.end).toEqual(finish);
    expect(plain.stream).toMatchObject({ isComplete: true, isEnded: true, usage: counters });
    const asked = run(events, true);
    expect(asked.sent.at(-1)).toEqual(finish);
    expect(asked.end).toMatchObject({ ...head, choices: [], usage: { prompt_tokens: 9, completion_tokens: 5 } });
  });

  it('takes running totals from the last event that has them, and the split of cache writes from the first', () => {
    const message = { ...start.message, usage: { ...usage, cache_creation: { ephemeral_1h_input_tokens: 4 } } };
    const totals = { input_tokens: null, cache_creation_input_tokens: 4, output_tokens: 3 };
    const { stream } = run([
      { ...start, message },
      change(null, { usage: totals }),
      change('end_turn', { usage: { ...totals, output_tokens: 8 } }),
    ]);
    expect(stream.usage).toEqual({ inputUncached: 9, cacheWrite1h: 4, outputText: 8 });
  });

  it('without usage is usage unknown, since the head counts no output', () => {
    const { stream, end } = run([start, change('end_turn', {})], true);
    expect(stream).toMatchObject({ isComplete: true, usage: null });
    expect(end).toMatchObject({ usage: null });
  });

  it('is not the end of the body, nor a last word without a reason', () => {
    expect(run([start, emptyText, text('a'), stop])).toMatchObject({
      end: null,
      stream: { isComplete: false, isEnded: true },
    });
    expect(run([start, emptyText, change(null)]).end).toBeNull();
  });

  it('stays whole after any later event', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'x' } };
    expect(run([start, change('end_turn'), error])).toMatchObject({
      end: { choices: [{ finish_reason: 'stop' }] },
      stream: { isComplete: true, error: null, malformedEvents: 1 },
    });
  });

  it.each([
    'null',
    '[]',
    '{"index":0}',
    '{"type":7}',
    '{"type":"message_start"}',
    '{"type":"content_block_start","index":-1}',
  ])('is not hurt by %s, which is counted', (event) => {
    const { stream, end } = run([start, event, change('end_turn')]);
    expect(stream.malformedEvents).toBe(1);
    expect(end).not.toBeNull();
  });
});
