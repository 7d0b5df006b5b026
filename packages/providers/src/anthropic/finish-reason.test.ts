import { describe, expect, it } from '@jest/globals';
import { anthropicAdapter } from './index.ts';

/** What the only choice says of its end, plain and as a stream. */
function endOf(reason: string, sequence: unknown) {
  const ended = { stop_reason: reason, stop_sequence: sequence };
  const head = { id: 'msg_1', model: 'claude', usage: { input_tokens: 1, output_tokens: 1 } };
  const content = [{ type: 'text', text: 'a' }];
  const plain = Object(anthropicAdapter.chat.fromResponse(JSON.stringify({ ...head, content, ...ended })).body);
  const stream = anthropicAdapter.chat.createStream({ includeUsage: false });
  stream.push(JSON.stringify({ type: 'message_start', message: head }));
  stream.push(JSON.stringify({ type: 'message_delta', delta: ended }));
  const { message: _message, logprobs: _logprobs, ...plainEnd } = plain.choices[0];
  const { delta: _delta, ...streamEnd } = Object(stream.end()).choices[0];
  return { plainEnd, streamEnd };
}

describe('the end of an answer of Anthropic', () => {
  it('names the caller’s stop sequence that ended it, for surfaces that report it', () => {
    const end = { index: 0, finish_reason: 'stop', stop_sequence: 'END' };
    expect(endOf('stop_sequence', 'END')).toEqual({ plainEnd: end, streamEnd: end });
  });

  it.each([
    ['model_context_window_exceeded', 'length'],
    ['pause_turn', 'stop'],
  ])('A-F4: keeps %s, which chat completions have no word for, beside %s', (reason, finishReason) => {
    const end = { index: 0, finish_reason: finishReason, native_finish_reason: reason };
    expect(endOf(reason, null)).toEqual({ plainEnd: end, streamEnd: end });
  });

  it.each([
    ['end_turn', null, 'stop'],
    ['stop_sequence', 7, 'stop'],
    ['max_tokens', 'END', 'length'],
    ['tool_use', undefined, 'tool_calls'],
    ['refusal', null, 'content_filter'],
    ['a reason to come', null, 'stop'],
  ])('of the reason %s with the sequence %j is %s alone', (reason, sequence, finishReason) => {
    const end = { index: 0, finish_reason: finishReason };
    expect(endOf(reason, sequence)).toEqual({ plainEnd: end, streamEnd: end });
  });
});
