import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
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

function translate(request: object) {
  const { body, droppedParams } = openAiAdapter.chat.toRequest(
    chatCompletionRequest.parse({ model: 'any', messages, ...request }),
    target,
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
    const names = Array.from({ length: 100 }, (_, index) => [`extra_${index}`, 1]);
    expect(translate(Object.fromEntries(names)).droppedParams).toHaveLength(32);
    expect(translate({ 'a\r\nset-cookie: x': 1, ž: 1, ['x'.repeat(65)]: 1, fine: 1 }).droppedParams).toEqual(['fine']);
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
});

describe('reasoning asked of OpenAI in the words of others', () => {
  it.each([
    [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }, []],
    [{ reasoning: { effort: 'low' }, reasoning_effort: 'high' }, { reasoning_effort: 'high' }, []],
    [{ reasoning: { enabled: false } }, { reasoning_effort: 'none' }, []],
    [{ reasoning: { enabled: true } }, {}, []],
    [{ reasoning: { max_tokens: 9 } }, {}, ['reasoning.max_tokens']],
  ])('as %j goes out as %j', (asked, sent, droppedParams) => {
    expect(translate(asked)).toEqual({ body: { model: 'gpt-4o', messages, ...sent }, droppedParams });
  });
});

describe('what only other providers know', () => {
  it('is left out of messages and tools, and the caller’s own are not touched', () => {
    const mark = { type: 'ephemeral' };
    const request = chatCompletionRequest.parse({
      model: 'any',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x', cache_control: mark }] },
        { role: 'assistant', content: 'y', reasoning_content: 'z', reasoning: 'z', images: [], reasoning_details: [] },
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

  it.each([
    ['response_format', 'url'],
    ['output_format', 'svg'],
    ['stream', true],
  ])('are refused with %s: %s', (param, value) => {
    expect(() => draw({ [param]: value })).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });
});
