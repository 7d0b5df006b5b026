import { describe, expect, it } from '@jest/globals';
import { adapterFor } from '../registry.ts';
import { sortFields } from './sort-fields.ts';

describe('a field that a provider does not take', () => {
  it.each([
    ['best_of', 1],
    ['echo', false],
    ['frequency_penalty', 0],
    ['functions', []],
    ['logit_bias', {}],
    ['logprobs', false],
    ['metadata', {}],
    ['modalities', ['text']],
    ['n', 1],
    ['parallel_tool_calls', true],
    ['presence_penalty', 0],
    ['reasoning', { enabled: false }],
    ['reasoning_effort', 'none'],
    ['service_tier', 'auto'],
    ['stop', []],
    ['stop', null],
    ['store', false],
    ['suffix', ''],
    ['tools', []],
    ['top_logprobs', 0],
    ['user', ''],
  ])('D38: asks for nothing with the value of its absence: %s %j', (name, value) => {
    for (const fate of ['dropped', 'refused'] as const) {
      expect(sortFields({ [name]: value }, { [name]: fate })).toMatchObject({ taken: {}, dropped: { names: [] } });
    }
  });

  it.each([
    ['logit_bias', { 1: 2 }],
    ['n', 2],
    ['service_tier', 'flex'],
    ['stop', ['a']],
    ['top_logprobs', 1],
  ])('is dropped and named, or rejected, with another value: %s %j', (name, value) => {
    expect(sortFields({ [name]: value }, { [name]: 'dropped' }).dropped.names).toEqual([name]);
    expect(() => sortFields({ [name]: value }, { [name]: 'refused' })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: name }),
    );
  });
});

describe('D38: a stop list that is empty', () => {
  it.each(['Yandex', 'Anthropic', 'Gemini', 'Cohere', 'OpenAI'] as const)('asks nothing of %s', (type) => {
    const target = { baseUrl: 'https://a.example/v1', credential: null, model: 'm', maxOutputTokens: 99 };
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }], stop: [] };
    const sent = adapterFor(type).chat.toRequest(request, { ...target, attemptId: 'r/1', options: { folder: 'f' } });

    expect(sent.droppedParams).toEqual([]);
  });
});
