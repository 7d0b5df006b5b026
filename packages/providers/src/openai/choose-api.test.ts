import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { chooseApi } from './choose-api.ts';
import { openAiAdapter } from './index.ts';

const messages = [{ role: 'user', content: 'x' }];
const tools = [{ type: 'function', function: { name: 'f' } }];

function choose(model: string, request: object, options: Record<string, string> = {}) {
  return chooseApi(chatCompletionRequest.parse({ model, messages, ...request }), { model, options });
}

describe('the API of OpenAI that serves a request (C-F1)', () => {
  it.each([
    ['gpt-5.4', { reasoning_effort: 'medium', tools }],
    ['gpt-5.4-mini', { reasoning: { enabled: true }, tools }],
    ['gpt-5.5', { tools }],
    ['gpt-5.6', { tools }],
    ['gpt-5.6-sol', { tools, reasoning_effort: 'low' }],
    ['gpt-6-sol', { tools }],
    ['gpt-6.1-terra', { tools }],
    ['gpt-6-astra', { tools, reasoning_effort: 'none' }],
  ])('is Responses for %s with %j, which chat completions refuse', (model, request) => {
    expect(choose(model, request)).toBe('responses');
  });

  it.each(['gpt-5.3-codex', 'gpt-5.4-pro', 'gpt-5.5-pro-2026-04-23', 'gpt-5-pro', 'o3-pro', 'codex-mini-latest'])(
    'is Responses for %s, which has no other',
    (model) => {
      expect([choose(model, {}), choose(model, { n: 2 })]).toEqual(['responses', 'responses']);
    },
  );

  it.each([
    ['gpt-5-mini', {}],
    ['o3', { tools }],
    ['gpt-5.2', { reasoning_effort: 'low' }],
    ['gpt-5.6', {}],
  ])('is Responses for %s with %j, since chat completions keep its reasoning to themselves', (model, request) => {
    expect(choose(model, request)).toBe('responses');
  });

  it.each([
    ['gpt-4o', { tools }],
    ['gpt-4.1-mini', {}],
    ['ft:our-tuned-one', { tools, reasoning_effort: 'low' }],
    ['gpt-oss-120b', { tools, reasoning_effort: 'low' }],
    ['gpt-5.2', { tools }],
    ['gpt-5.4', { tools }],
    ['gpt-5.4', { tools, reasoning_effort: 'none' }],
    ['gpt-5.6', { tools, reasoning_effort: 'none' }],
    ['gpt-6-luna', { tools, reasoning: { enabled: false } }],
  ])('is chat completions for %s with %j, which does not reason on it', (model, request) => {
    expect(choose(model, request)).toBe('chat-completions');
  });

  it.each([
    { n: 2 },
    { stop: ['END'] },
    { seed: 7 },
    { logit_bias: { 1: 2 } },
    { max_tokens: 1 },
    { max_completion_tokens: 15 },
    { functions: [{ name: 'f' }] },
    { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }] },
  ])('is chat completions for what Responses lack: %j', (request) => {
    expect(choose('gpt-5-mini', request)).toBe('chat-completions');
  });

  it.each([{ n: 1 }, { max_tokens: 16 }, { stop: null }, { frequency_penalty: 0 }, { modalities: ['text'] }])(
    'is not chosen by a field that asks for nothing: %j',
    (request) => {
      expect(choose('gpt-5-mini', request)).toBe('responses');
    },
  );

  it('is Responses where both are wanting, and the field is refused by its name', () => {
    const request = chatCompletionRequest.parse({ model: 'any', messages, tools, n: 2 });
    const target = { baseUrl: 'https://a.example/v1', credential: null, maxOutputTokens: null, attemptId: 'r/1' };
    expect(() => openAiAdapter.chat.toRequest(request, { ...target, model: 'gpt-5.6', options: {} })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'n' }),
    );
  });

  it('is the one that the provider is set to', () => {
    expect(choose('gpt-5.6', { tools }, { api: 'chat-completions' })).toBe('chat-completions');
    expect(choose('gpt-4o', {}, { api: 'responses' })).toBe('responses');
    expect(choose('gpt-5.6', { tools }, { api: 'unknown' })).toBe('responses');
  });
});
