import { type ChatCompletionRequest, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { ProviderTarget } from '../provider-adapter.ts';
import { anthropicAdapter } from './index.ts';

const user = { role: 'user', content: 'Hello' };
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
const refused = (param: string, code = 'unsupported_parameter') => expect.objectContaining({ code, param });

function toTarget(model: string, maxOutputTokens: number | null = 64_000): ProviderTarget {
  const baseUrl = 'https://api.anthropic.com/v1';
  return { baseUrl, credential: 'sk-ant-secret', model, maxOutputTokens, attemptId: 'r/1', options: {} };
}

function parse(fields: object): ChatCompletionRequest {
  return chatCompletionRequest.parse({ model: 'm', messages: [user], ...fields });
}

function translate(fields: object, target = toTarget('claude-haiku-4-5')) {
  const { endpoint, body, droppedParams } = anthropicAdapter.chat.toRequest(parse(fields), target);
  return { endpoint, body: JSON.parse(body), droppedParams };
}

describe('the version of the API', () => {
  const bearer = { 'anthropic-version': '2026-10-21', authorization: 'Bearer sk-ant-secret' };
  const apiKey = { 'anthropic-version': '2023-06-01', 'x-api-key': 'sk-ant-secret' };

  it('is the newer one, with a bearer token, where the request does not need the older', () => {
    const { endpoint } = translate({});
    expect(endpoint.url).toBe('https://api.anthropic.com/v1/messages');
    expect(endpoint.headers).toEqual({
      'content-type': 'application/json',
      'x-client-request-id': 'r/1',
      ...bearer,
    });
    expect(anthropicAdapter.probe(toTarget('m'))).toMatchObject({ method: 'GET', headers: bearer });
  });

  it.each([{ temperature: 0.2 }, { top_p: 0.5 }, { top_k: 5 }])(
    'is the older one, with x-api-key, for %j',
    (fields) => {
      const { endpoint, body } = translate(fields);
      expect(endpoint.headers).toMatchObject(apiKey);
      expect(endpoint.headers).not.toHaveProperty('authorization');
      expect(body).toMatchObject(fields);
    },
  );

  it('is the newer one where the model takes no sampling at all', () => {
    const { endpoint, body, droppedParams } = translate({ temperature: 0.2 }, toTarget('claude-opus-5-5'));
    expect(endpoint.headers).toMatchObject(bearer);
    expect(body).not.toHaveProperty('temperature');
    expect(droppedParams).toEqual(['temperature']);
  });
});

describe('the id of a user', () => {
  it.each([
    [{ user: 'u-1' }, 'u-1', []],
    [{ user: 'u-1', safety_identifier: 's-1' }, 's-1', ['user']],
    [{ user: 's-1', safety_identifier: 's-1' }, 's-1', []],
    [{ user: 'ann@example.org' }, undefined, ['user']],
    [{ user: '+420123', safety_identifier: 's-1' }, 's-1', ['user']],
  ])('C-m1: of %j is %s', (fields, userId, dropped) => {
    const { body, droppedParams } = translate(fields);
    expect(body.metadata?.user_id).toBe(userId);
    expect(droppedParams).toEqual(dropped);
  });
});

describe('an effort', () => {
  it('A-C3: reaches Opus 4.5, with a budget or without', () => {
    const opus = toTarget('claude-opus-4-5');
    const { body } = translate({ reasoning_effort: 'high', max_tokens: 10_000 }, opus);
    expect(body).toMatchObject({ thinking: { type: 'enabled' }, output_config: { effort: 'high' } });
    expect(translate({ reasoning_effort: 'max', max_tokens: 100 }, opus)).toMatchObject({
      body: { output_config: { effort: 'high' } },
      droppedParams: [],
    });
    expect(translate({ reasoning_effort: 'high', max_tokens: 10_000 }).body).not.toHaveProperty('output_config');
  });
});

describe('the limit of tokens', () => {
  it.each([
    [{}, 64_000, 64_000],
    [{}, null, 4096],
    [{ max_tokens: 10 }, null, 10],
    [{ max_tokens: 10, max_completion_tokens: 20 }, 64_000, 20],
    [{ max_completion_tokens: 90_000 }, 64_000, 64_000],
  ])('is what was asked, and never more than the model has: %j of %s is %s', (fields, most, expected) => {
    expect(translate(fields, toTarget('claude-haiku-4-5', most)).body.max_tokens).toBe(expected);
  });
});

describe('what Anthropic cannot do', () => {
  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ stop: ['\n'] }, 'stop'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ response_format: { type: 'grammar' } }, 'response_format'],
    [{ tools: [{ type: 'custom', custom: { name: 'shell' } }] }, 'tools[0]'],
    [{ tools, tool_choice: { type: 'novel' } }, 'tool_choice'],
  ])('is refused: %j', (fields, param) => {
    expect(() => translate(fields)).toThrow(refused(param));
  });

  it.each([
    { n: 1 },
    { logprobs: false },
    { modalities: ['text'] },
    { stop: '' },
    { response_format: { type: 'text' } },
  ])('is not asked by %j, which goes out as nothing', (fields) => {
    expect(translate(fields)).toEqual(translate({}));
  });

  it('is a forced call of the newest models, which say so themselves', () => {
    for (const choice of ['required', { type: 'function', function: { name: 'weather' } }]) {
      const ask = (model: string) => translate({ tools, tool_choice: choice }, toTarget(model)).body.tool_choice.type;
      for (const model of ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-fable-5-1', 'claude-mythos-5-2']) {
        expect(() => ask(model)).toThrow(refused('tool_choice'));
      }
      for (const model of ['claude-haiku-5-5', 'claude-opus-5', 'claude-sonnet-4-6', 'claude-fable-5', 'other']) {
        expect(ask(model)).toBe(choice === 'required' ? 'any' : 'tool');
      }
    }
  });
});

describe('tools', () => {
  it.each([
    [undefined, undefined, undefined],
    ['auto', undefined, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['none', false, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    [{ type: 'function', function: { name: 'weather' } }, true, { type: 'tool', name: 'weather' }],
  ])('are chosen as the caller says: %j, parallel %s', (choice, isParallel, expected) => {
    expect(translate({ tools, tool_choice: choice, parallel_tool_calls: isParallel }).body.tool_choice).toEqual(
      expected,
    );
  });

  it('are only those that are allowed', () => {
    const two = [...tools, { type: 'function', function: { name: 'clock' } }];
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] };
    const { body } = translate({ tools: two, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } });
    expect(body.tool_choice).toEqual({ type: 'any' });
    expect(body.tools).toEqual([{ name: 'clock', input_schema: { type: 'object', properties: {} } }]);
  });

  it('cannot be required where there are none, and are not spoken of otherwise', () => {
    expect(() => translate({ tool_choice: 'required' })).toThrow(refused('tool_choice', 'invalid_value'));
    expect(translate({ tools: [], tool_choice: 'auto', parallel_tool_calls: false })).toEqual(translate({}));
  });

  it('without a name or a schema are the caller’s mistake', () => {
    const unnamed = [{ type: 'function', function: { parameters: {} } }];
    expect(() => translate({ tools: unnamed })).toThrow(refused('tools[0].function', 'invalid_value'));
  });
});

describe('a count of tokens', () => {
  it('is asked for the very prompt, without what is no part of it', () => {
    const request = parse({ tools, temperature: 0.5, stop: ['END'], stream: true, safety_identifier: 'u-1' });
    const lookup = anthropicAdapter.tokenCount;
    const { endpoint, body } = lookup?.toRequest(request, toTarget('claude-haiku-4-5')) ?? {
      endpoint: null,
      body: '{}',
    };
    expect(endpoint?.url).toBe('https://api.anthropic.com/v1/messages/count_tokens');
    expect(endpoint?.headers).toMatchObject({ 'anthropic-version': '2026-10-21' });
    expect(Object.keys(JSON.parse(body)).sort()).toEqual(['messages', 'model', 'tools']);
  });

  it('is a number, or a failure', () => {
    const read = (body: string) => anthropicAdapter.tokenCount?.fromResponse(body);
    expect(read('{"input_tokens":14}')).toBe(14);
    expect(() => read('{"input_tokens":-1}')).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
    const overloaded = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
    expect(() => read(overloaded)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });
});
