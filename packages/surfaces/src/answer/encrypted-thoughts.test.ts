import { describe, expect, it } from '@jest/globals';
import type { ChatSurface } from '../chat-surface.ts';
import { messagesSurface } from '../messages/index.ts';
import { responsesSurface } from '../responses/index.ts';
import { joinAnswer, script } from '../testing/chat-script.ts';

const format = 'openai-responses-v1';
const encrypted = (index: number) => ({ type: 'reasoning.encrypted', data: `gAAA${index}`, format, index });
const summary = (text: string, index: number) => ({ type: 'reasoning.summary', summary: text, format, index });
const call = (index: number) => ({
  tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name: 'step', arguments: '{}' } }],
});

/** As OpenAI thinks between two calls: one thought is shown and encrypted, one is encrypted alone. */
const answer = joinAnswer(
  script(
    [
      { reasoning_content: 'Hm, ', reasoning_details: [summary('Hm, ', 0)] },
      { reasoning_content: 'well.', reasoning_details: [summary('well.', 0)] },
      { reasoning_details: [encrypted(0)] },
      call(0),
      { reasoning_details: [encrypted(2)] },
      call(1),
    ],
    'tool_calls',
  ),
);
const whole = [summary('Hm, well.', 0), encrypted(0)];

function giveBack(surface: ChatSurface, fields: object, turn: (said: Record<string, unknown>) => object[]) {
  const said = surface.fromAnswer(answer, surface.toChat({ model: 'm/m', max_tokens: 99, ...fields }));
  return surface.toChat({ model: 'm/m', max_tokens: 99, ...fields, ...turn(said).reduce(Object.assign, {}) }).chat
    .messages;
}

describe('thoughts that only their provider can read', () => {
  it('are one reasoning item with the summary that is shown of them, on /v1/responses', () => {
    const { output } = responsesSurface.fromAnswer(answer, responsesSurface.toChat({ model: 'm/m', input: 'x' }));

    expect(output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'Hm, well.' }], encrypted_content: expect.stringMatching(/^agd1\./) },
      { type: 'function_call', call_id: 'call_0' },
      { type: 'reasoning', summary: [], encrypted_content: expect.stringMatching(/^agd1\./) },
      { type: 'function_call', call_id: 'call_1' },
    ]);
  });

  it('stand behind the thoughts that have no place', () => {
    const plain = joinAnswer(
      script([{ reasoning_content: 'Hm.' }, { reasoning_details: [encrypted(0)] }, { content: 'Hi' }]),
    );
    const { output } = responsesSurface.fromAnswer(plain, responsesSurface.toChat({ model: 'm/m', input: 'x' }));

    expect(output).toMatchObject([
      { summary: [{ text: 'Hm.' }] },
      { encrypted_content: expect.any(String) },
      { type: 'message' },
    ]);
  });

  it('come back from /v1/responses with their summary, each where it stood', () => {
    const messages = giveBack(responsesSurface, { input: 'x' }, ({ output }) => [
      { input: [{ role: 'user', content: 'x' }, ...(Array.isArray(output) ? output : [])] },
    ]);

    expect(messages.at(-1)?.reasoning_details).toEqual([...whole, encrypted(2)]);
  });

  it('are a thinking block with a signature, or a redacted one, on /v1/messages, and come back the same', () => {
    const question = { role: 'user', content: 'x' };
    const messages = giveBack(messagesSurface, { messages: [question] }, ({ content }) => [
      { messages: [question, { role: 'assistant', content }] },
    ]);
    const { content } = messagesSurface.fromAnswer(
      answer,
      messagesSurface.toChat({ model: 'm/m', max_tokens: 99, messages: [question] }),
    );

    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'Hm, well.', signature: expect.stringMatching(/^agd1\./) },
      { type: 'tool_use', id: 'call_0' },
      { type: 'redacted_thinking', data: expect.stringMatching(/^agd1\./) },
      { type: 'tool_use', id: 'call_1' },
    ]);
    expect(messages.at(-1)?.reasoning_details).toEqual([...whole, encrypted(2)]);
  });
});
