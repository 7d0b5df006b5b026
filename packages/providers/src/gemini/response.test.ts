import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { geminiAdapter } from './index.ts';
import { fromGeminiChatResponse } from './response.ts';

const answerOf = (candidate: object, more: object = {}) => JSON.stringify({ candidates: [candidate], ...more });
const messageOf = (candidate: object) => {
  const { choices } = Object(fromGeminiChatResponse(answerOf(candidate, { responseId: 'r1' })).body);
  return choices[0];
};

describe('an answer of Gemini', () => {
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ...['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'OTHER'].map((one) => [
      one,
      'content_filter',
    ]),
    ...['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION', 'IMAGE_OTHER', 'NO_IMAGE'].map((one) => [
      one,
      'content_filter',
    ]),
    ['A_REASON_TO_COME', 'stop'],
  ])('that ends by %s ends by %s', (finishReason, ours) => {
    expect(messageOf({ finishReason }).finish_reason).toBe(ours);
  });

  it.each(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'])(
    'that ends by %s is none, and may be one when asked again',
    (finishReason) => {
      const judgement = expect.objectContaining({ code: 'upstream_invalid_response', isRetryable: true });
      expect(() => messageOf({ content: { parts: [{ text: 'a' }] }, finishReason })).toThrow(
        expect.objectContaining({ judgement }),
      );
    },
  );

  it('keeps the finish reason of a call that was cut', () => {
    const parts = [{ functionCall: { name: 'a', args: {} } }];
    expect(messageOf({ content: { parts }, finishReason: 'MAX_TOKENS' }).finish_reason).toBe('length');
  });

  it('has probabilities in the form of OpenAI', () => {
    const logprobsResult = {
      chosenCandidates: [
        { token: 'a', logProbability: -1 },
        { token: 'b', logProbability: -2 },
      ],
      topCandidates: [{ candidates: [{ token: 'c', logProbability: -0.5 }] }, {}],
    };
    expect(messageOf({ finishReason: 'STOP', logprobsResult }).logprobs).toEqual({
      content: [
        { token: 'a', logprob: -1, bytes: null, top_logprobs: [{ token: 'c', logprob: -0.5, bytes: null }] },
        { token: 'b', logprob: -2, bytes: null, top_logprobs: [] },
      ],
      refusal: null,
    });
  });

  it('to a prompt that was blocked is an error that says why', () => {
    const body = JSON.stringify({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } });
    expect(() => fromGeminiChatResponse(body)).toThrow(
      expect.objectContaining({
        code: 'content_policy_violation',
        publicMessage: 'The provider blocked the prompt: PROHIBITED_CONTENT.',
      }),
    );
  });

  it('comes back to the model as it was, signatures and all, when a client gives the message back', () => {
    const parts = [
      { text: 'I look.' },
      { functionCall: { name: 'a', args: { b: [1] } }, thoughtSignature: 'Zmlyc3Q=' },
      { functionCall: { name: 'a', args: {}, id: 'of-google' } },
    ];
    const { message } = messageOf({ content: { parts }, finishReason: 'STOP' });
    expect(message.tool_calls.map((call: { id: string }) => call.id)).toEqual(['call_r1_0_0', 'of-google']);
    const request = chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content: 'x' }, message] });
    const target = {
      baseUrl: 'https://a.example',
      credential: null,
      model: 'gemini-4-argon',
      attemptId: '1',
      maxOutputTokens: null,
      options: {},
    };
    const { contents } = JSON.parse(geminiAdapter.chat.toRequest(request, target).body);
    expect(contents[1]).toEqual({
      role: 'model',
      parts: [
        { text: 'I look.' },
        { functionCall: { id: 'call_r1_0_0', name: 'a', args: { b: [1] } }, thoughtSignature: 'Zmlyc3Q=' },
        { functionCall: { id: 'of-google', name: 'a', args: {} } },
      ],
    });
  });
});

describe('embeddings of Gemini', () => {
  const target = {
    baseUrl: 'https://a.example',
    credential: null,
    model: 'e',
    attemptId: '1',
    maxOutputTokens: null,
    options: {},
  };

  it('are floats unless base64 is asked for, of unknown usage if none is reported', () => {
    const answer = geminiAdapter.embeddings?.fromResponse('{"embeddings":[{"values":[0.5]}]}', {
      model: 'm',
      input: 'a',
    });
    expect(answer).toEqual({
      body: { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], model: 'm', usage: null },
      usage: null,
    });
  });

  it('are one for each input, or none', () => {
    const read = () =>
      geminiAdapter.embeddings?.fromResponse('{"embeddings":[{"values":[0.5]}]}', { model: 'm', input: ['a', 'b'] });
    expect(read).toThrow('upstream_invalid_response');
  });

  it('are not made of token numbers, which belong to another vocabulary', () => {
    for (const input of [
      [1, 2],
      [[1], [2]],
    ]) {
      const translate = () => geminiAdapter.embeddings?.toRequest({ model: 'm', input }, target);
      expect(translate).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'input' }));
    }
  });
});
