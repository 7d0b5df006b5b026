import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { ProviderTarget } from '../provider-adapter.ts';
import { openAiAdapter } from './index.ts';

const target = {
  baseUrl: 'https://a.example/v1',
  credential: null,
  model: 'gpt-4o',
  attemptId: 'r/1',
  maxOutputTokens: null,
  options: {},
};
const messages = [{ role: 'user', content: 'x' }];

function translate(request: object, changes: Partial<ProviderTarget> = {}) {
  const { body, droppedParams } = openAiAdapter.chat.toRequest(
    chatCompletionRequest.parse({ model: 'any', messages, ...request }),
    { ...target, ...changes },
  );
  return { body: JSON.parse(body), droppedParams };
}

describe('a request to OpenAI', () => {
  it('asks for usage on every stream, and keeps what else the client asked of it', () => {
    const { body } = translate({ stream: true, stream_options: { include_usage: false, include_obfuscation: false } });
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } });
    expect(translate({ stream: true }).body.stream_options).toEqual({ include_usage: true });
  });

  it('leaves stream options out where there is no stream, since they would be refused', () => {
    expect(translate({ stream_options: { include_usage: true } })).toEqual({
      body: { model: 'gpt-4o', messages },
      droppedParams: ['stream_options'],
    });
  });

  it('takes null for absent', () => {
    expect(translate({ temperature: null, tools: null, top_k: null })).toEqual({
      body: { model: 'gpt-4o', messages },
      droppedParams: [],
    });
  });

  it('names dropped fields only as a header can carry them, and not without end', () => {
    const names = Array.from({ length: 100 }, (_, index) => [`api_${index}`, 1]);
    expect(translate(Object.fromEntries(names)).droppedParams).toHaveLength(32);
    expect(
      translate({ 'api_\r\nset-cookie: x': 1, api_ž: 1, [`api_${'x'.repeat(65)}`]: 1, api_fine: 1 }).droppedParams,
    ).toEqual(['api_fine']);
  });

  it('sends nothing that a prototype brings', () => {
    const request = JSON.parse(
      '{"__proto__":{"store":true},"constructor":{"prototype":{"n":2}},"metadata":{"cost":1}}',
    );
    expect(translate(request).body).toEqual({ model: 'gpt-4o', messages, metadata: {} });
    expect('store' in {}).toBe(false);
  });
});

describe('the bound of an answer from OpenAI', () => {
  it.each([
    [{ max_tokens: 5 }, { max_completion_tokens: 5 }],
    [{ max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
    [{ max_tokens: 9, max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
    [{}, {}],
  ])('of %j goes out as %j, which every model takes', (asked, sent) => {
    expect(translate(asked)).toEqual({ body: { model: 'gpt-4o', messages, ...sent }, droppedParams: [] });
  });

  it('is cut to what the model generates, where that is known', () => {
    const most = { maxOutputTokens: 100 };
    expect(translate({ max_tokens: 101 }, most)).toMatchObject({
      body: { max_completion_tokens: 100 },
      droppedParams: [],
    });
    expect(translate({ max_tokens: 99 }, most).body.max_completion_tokens).toBe(99);
    expect(translate({}, most).body).not.toHaveProperty('max_completion_tokens');
    expect(translate({ max_tokens: 999_999 }).body.max_completion_tokens).toBe(999_999);
  });
});

const byChatCompletions = { options: { api: 'chat-completions' } };

describe('reasoning asked of OpenAI in the words of others', () => {
  it.each([
    [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }, []],
    [{ reasoning: { effort: 'low' }, reasoning_effort: 'high' }, { reasoning_effort: 'high' }, []],
    [{ reasoning: { enabled: false } }, { reasoning_effort: 'none' }, []],
    [{ reasoning: { max_tokens: 0 } }, { reasoning_effort: 'none' }, []],
    [{ reasoning: { enabled: false, effort: 'low' } }, { reasoning_effort: 'low' }, []],
    [{ reasoning: { enabled: true } }, { reasoning_effort: 'medium' }, []],
    [{ reasoning: { max_tokens: 9 } }, { reasoning_effort: 'medium' }, ['reasoning.max_tokens']],
    [{ reasoning: { max_tokens: 9, effort: 'high' } }, { reasoning_effort: 'high' }, ['reasoning.max_tokens']],
    [{ reasoning: { exclude: true } }, {}, []],
  ])('as %j goes out as %j', (asked, sent, droppedParams) => {
    const model = 'gpt-5.2';
    expect(translate(asked, { model, ...byChatCompletions })).toEqual({
      body: { model, messages, ...sent },
      droppedParams,
    });
  });

  it.each([
    ['gpt-5.6', 'max', 'xhigh'],
    ['gpt-6-sol', 'max', 'xhigh'],
    ['gpt-6-astra', 'minimal', 'low'],
    ['gpt-5.2-2025-12-11', 'max', 'xhigh'],
    ['gpt-5.1', 'xhigh', 'high'],
    ['gpt-5.1', 'minimal', 'low'],
    ['gpt-5.1-chat-latest', 'high', 'medium'],
    ['gpt-5-mini', 'max', 'high'],
    ['gpt-5-mini', 'minimal', 'minimal'],
    ['o4-mini', 'minimal', 'low'],
    ['o3', 'max', 'high'],
    ['ft:our-tuned-one', 'max', 'high'],
    ['ft:our-tuned-one', 'xhigh', 'xhigh'],
    ['gpt-5.2-pro', 'xhigh', 'xhigh'],
    ['gpt-5-mini', 'huge', 'huge'],
  ])('is for %s the nearest effort that it takes: %s is %s', (model, asked, sent) => {
    const expected = { body: { model, messages, reasoning_effort: sent }, droppedParams: [] };
    expect(translate({ reasoning_effort: asked }, { model, ...byChatCompletions })).toEqual(expected);
    expect(translate({ reasoning: { effort: asked } }, { model, ...byChatCompletions })).toEqual(expected);
  });

  it.each([
    ['gpt-5-mini', 'minimal'],
    ['o4-mini', 'low'],
    ['gpt-6-astra', 'low'],
    ['gpt-5.1-chat-latest', 'medium'],
  ])('is turned down for %s, which cannot be off, and named', (model, least) => {
    for (const asked of [{ reasoning_effort: 'none' }, { reasoning: { enabled: false } }]) {
      const droppedParams = Object.keys(asked);
      const body = { model, messages, reasoning_effort: least };
      expect(translate(asked, { model, ...byChatCompletions })).toEqual({ body, droppedParams });
    }
  });

  it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-3.5-turbo', 'chatgpt-4o-latest', 'gpt-5-chat-latest', 'o1-mini'])(
    'is named and not sent where %s does not think, unless it is off anyhow',
    (model) => {
      const body = { model, messages };
      for (const asked of [
        { reasoning_effort: 'high' },
        { reasoning: { max_tokens: 9 } },
        { reasoning: { enabled: true } },
      ]) {
        expect(translate(asked, { model, ...byChatCompletions })).toEqual({ body, droppedParams: Object.keys(asked) });
      }
      for (const asked of [{ reasoning_effort: 'none' }, { reasoning: { enabled: false } }, { reasoning: {} }]) {
        expect(translate(asked, { model, ...byChatCompletions })).toEqual({ body, droppedParams: [] });
      }
    },
  );
});

describe('what only other providers know', () => {
  it('is left out of messages and tools, and the caller’s own are not touched', () => {
    const mark = { type: 'ephemeral' };
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const request = chatCompletionRequest.parse({
      model: 'any',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x', cache_control: mark }] },
        { role: 'assistant', content: 'y', reasoning_content: 'z', reasoning: 'z', images: [], reasoning_details: [] },
        { role: 'assistant', content: null, tool_calls: [{ ...call, cache_control: mark }] },
      ],
      tools: [{ type: 'function', function: { name: 'f' }, cache_control: mark }],
    });
    const before = structuredClone(request);
    const { body, droppedParams } = openAiAdapter.chat.toRequest(request, target);
    expect(JSON.parse(body)).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x' }] },
        { role: 'assistant', content: 'y' },
        { role: 'assistant', content: null, tool_calls: [call] },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
    });
    expect(droppedParams).toEqual(['content.cache_control', 'reasoning_details']);
    expect(request).toEqual(before);
  });
});

describe('images asked of OpenAI', () => {
  const draw = (fields: object) => {
    const { endpoint, body, droppedParams } =
      openAiAdapter.images?.toRequest({ model: 'any', prompt: 'x', ...fields }, target) ?? {};
    return { url: endpoint?.url, body: JSON.parse(body ?? ''), droppedParams };
  };

  it('are base64 without a word of it, since today’s models refuse to be asked', () => {
    expect(draw({ response_format: 'b64_json', size: '1024x1024', frames: 2 })).toEqual({
      url: 'https://a.example/v1/images/generations',
      body: { model: 'gpt-4o', prompt: 'x', size: '1024x1024' },
      droppedParams: ['frames'],
    });
  });

  it('are addresses where DALL-E is asked for them', () => {
    const { body } = openAiAdapter.images?.toRequest(
      { model: 'any', prompt: 'x', response_format: 'url', quality: 'hd', style: 'vivid' },
      { ...target, model: 'dall-e-3' },
    ) ?? { body: '' };
    expect(JSON.parse(body)).toEqual({
      ...{ model: 'dall-e-3', prompt: 'x', response_format: 'url', quality: 'hd', style: 'vivid' },
    });
  });

  it.each([
    ['response_format', 'url'],
    ['output_format', 'svg'],
    ['stream', true],
  ])('are refused with %s: %s', (param, value) => {
    expect(() => draw({ [param]: value })).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });
});
