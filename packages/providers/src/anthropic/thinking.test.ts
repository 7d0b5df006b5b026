import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { anthropicAdapter } from './index.ts';

const tools = [{ type: 'function', function: { name: 'weather' } }];

function ask(model: string, fields: object) {
  const messages = [{ role: 'user', content: 'Hello' }];
  const request = chatCompletionRequest.parse({ model: 'm', messages, ...fields });
  const target = {
    baseUrl: 'https://provider.example/v1',
    credential: null,
    model,
    maxOutputTokens: 64_000,
    attemptId: 'r/1',
    options: {},
  };
  const { body, droppedParams } = anthropicAdapter.chat.toRequest(request, target);
  const { thinking, output_config: config, temperature, top_p: topP, top_k: topK } = JSON.parse(body);
  return { thinking, effort: config?.effort, temperature, topP, topK, dropped: droppedParams };
}

const adaptive = { type: 'adaptive', display: 'summarized' };
const budget = (tokens: number) => ({ type: 'enabled', budget_tokens: tokens, display: 'summarized' });

describe('how much a model is to think', () => {
  it.each([
    ['claude-opus-5-5', 'minimal', 'low'],
    ['claude-opus-5-5', 'medium', 'medium'],
    ['claude-haiku-5-5', 'xhigh', 'xhigh'],
    ['claude-opus-4-7', 'max', 'max'],
    ['claude-opus-4-6', 'xhigh', 'high'],
    ['claude-sonnet-4-6', 'max', 'max'],
    ['claude-mythos-preview', 'low', 'low'],
    ['an-alias-of-the-operator', 'high', 'high'],
  ])('%s is given an effort: %s is %s', (model, asked, effort) => {
    expect(ask(model, { reasoning_effort: asked })).toMatchObject({ thinking: adaptive, effort, dropped: [] });
    expect(ask(model, { reasoning: { effort: asked } })).toEqual(ask(model, { reasoning_effort: asked }));
  });

  it.each([
    ['claude-haiku-4-5-20251001', { reasoning_effort: 'high', max_tokens: 10_000 }, 8000],
    ['claude-sonnet-4-5', { reasoning_effort: 'minimal', max_tokens: 10_000 }, 1024],
    ['claude-sonnet-4-20250514', { reasoning: { enabled: true }, max_tokens: 10_000 }, 5000],
    ['claude-3-7-sonnet-20250219', { reasoning: { max_tokens: 3000 }, max_tokens: 10_000 }, 3000],
    ['claude-haiku-4-5', { reasoning: { max_tokens: 100 }, max_tokens: 10_000 }, 1024],
    ['claude-haiku-4-5', { reasoning: { max_tokens: 20_000 }, max_tokens: 10_000 }, 9999],
    ['claude-opus-4-6', { reasoning: { max_tokens: 3000 }, max_tokens: 10_000 }, 3000],
  ])('%s is given a budget for %j: %s tokens, less than the limit', (model, fields, tokens) => {
    expect(ask(model, fields)).toMatchObject({ thinking: budget(tokens), effort: undefined, dropped: [] });
  });

  it('is named as dropped if the model cannot take it', () => {
    expect(ask('claude-3-5-haiku-20241022', { reasoning_effort: 'high' })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning_effort'],
    });
    expect(ask('claude-haiku-4-5', { reasoning: { effort: 'high' }, max_tokens: 1024 })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning'],
    });
    expect(ask('claude-opus-4-7', { reasoning: { max_tokens: 3000 } })).toMatchObject({
      thinking: adaptive,
      dropped: ['reasoning.max_tokens'],
    });
  });

  it.each([
    ['claude-haiku-4-5', undefined],
    ['claude-opus-4-8', undefined],
    ['claude-sonnet-5', { type: 'disabled' }],
    ['claude-opus-5', { type: 'disabled' }],
    ['claude-haiku-5-5', { type: 'disabled' }],
    ['claude-sonnet-5-5', { type: 'between_tools' }],
  ])('%s is turned off in its own way', (model, thinking) => {
    for (const fields of [
      { reasoning_effort: 'none' },
      { reasoning: { enabled: false } },
      { reasoning: { max_tokens: 0 } },
    ]) {
      expect(ask(model, fields)).toMatchObject({ thinking, effort: undefined, dropped: [] });
    }
  });

  it.each(['claude-opus-5-5', 'claude-fable-5', 'claude-mythos-5-1'])(
    '%s is turned down where it cannot be off',
    (model) => {
      expect(ask(model, { reasoning_effort: 'none' })).toMatchObject({
        thinking: undefined,
        effort: 'low',
        dropped: ['reasoning_effort'],
      });
    },
  );

  it('is not sent if the caller does not ask', () => {
    for (const model of ['claude-haiku-4-5', 'claude-opus-5-5', 'other']) {
      expect(ask(model, { reasoning: {} })).toMatchObject({ thinking: undefined, effort: undefined, dropped: [] });
    }
  });

  it('can be hidden', () => {
    expect(ask('claude-opus-5-5', { reasoning: { effort: 'high', exclude: true } }).thinking).toEqual({
      type: 'adaptive',
      display: 'omitted',
    });
  });

  it('gives way to a forced call', () => {
    const forced = { tools, tool_choice: 'required' };
    expect(ask('claude-haiku-4-5', { ...forced, reasoning_effort: 'high' })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning_effort'],
    });
    expect(ask('claude-opus-5', forced)).toMatchObject({ thinking: { type: 'disabled' }, dropped: [] });
  });

  it('is nothing if the caller has lost the thinking that a budget continues from', () => {
    const calls = [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{}' } }];
    const signed = { type: 'reasoning.text', text: 'Hm.', signature: 's', format: 'anthropic-claude-v1', index: 0 };
    const loop = (details: object[]) => [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: null, tool_calls: calls, reasoning_details: details },
      { role: 'tool', tool_call_id: 't1', content: 'ok' },
    ];
    const lost = { reasoning_effort: 'high', messages: loop([]) };
    const kept = { reasoning_effort: 'high', messages: loop([signed]) };
    expect(ask('claude-haiku-4-5', lost)).toMatchObject({ thinking: undefined, dropped: ['reasoning_effort'] });
    expect(ask('claude-haiku-4-5', kept)).toMatchObject({ thinking: budget(51_200), dropped: [] });
    expect(ask('claude-opus-5-5', lost)).toMatchObject({ thinking: adaptive, dropped: [] });
  });

  it('is the caller’s mistake where it is no level', () => {
    const fault = (param: string) => expect.objectContaining({ code: 'invalid_value', param });
    expect(() => ask('claude-opus-5-5', { reasoning_effort: 'toString' })).toThrow(fault('reasoning_effort'));
    expect(() => ask('claude-opus-5-5', { reasoning: { effort: 'huge' } })).toThrow(fault('reasoning.effort'));
  });
});

describe('sampling', () => {
  it.each([
    [{ temperature: 0.2 }, { temperature: 0.2, dropped: [] }],
    [
      { temperature: 1, top_p: 1 },
      { temperature: undefined, topP: undefined, dropped: [] },
    ],
    [
      { temperature: 1, top_p: 0.5 },
      { temperature: undefined, topP: 0.5, dropped: [] },
    ],
    [
      { temperature: 0.2, top_p: 0.5 },
      { temperature: 0.2, topP: undefined, dropped: ['top_p'] },
    ],
    [{ temperature: 1.5 }, { temperature: 1, dropped: ['temperature'] }],
    [{ top_k: 40 }, { topK: 40, dropped: [] }],
  ])('of an older model is one of temperature and top_p, within its range: %j', (fields, expected) => {
    expect(ask('claude-haiku-4-5', fields)).toMatchObject(expected);
  });

  it('of a model that thinks is next to nothing', () => {
    const all = { reasoning_effort: 'low', temperature: 0.2, top_k: 40 };
    expect(ask('claude-haiku-4-5', all)).toMatchObject({
      temperature: undefined,
      topK: undefined,
      dropped: ['temperature', 'top_k'],
    });
    expect(ask('claude-haiku-4-5', { reasoning_effort: 'low', top_p: 0.5 })).toMatchObject({
      topP: undefined,
      dropped: ['top_p'],
    });
    expect(ask('claude-haiku-4-5', { reasoning_effort: 'low', top_p: 0.97 })).toMatchObject({
      topP: 0.97,
      dropped: [],
    });
  });

  it.each(['claude-opus-4-7', 'claude-sonnet-5', 'claude-haiku-5-5', 'claude-fable-5-2'])(
    'of %s is nothing',
    (model) => {
      expect(ask(model, { temperature: 0.2, top_p: 0.9, top_k: 40 })).toMatchObject({
        temperature: undefined,
        topP: undefined,
        topK: undefined,
        dropped: ['temperature', 'top_p', 'top_k'],
      });
      expect(ask(model, { temperature: 1, top_p: 1 }).dropped).toEqual([]);
    },
  );
});
