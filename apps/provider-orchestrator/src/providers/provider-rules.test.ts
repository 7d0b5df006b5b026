import { providerType } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { checkOptions } from './provider-rules.ts';

describe('the options of a provider', () => {
  it.each(providerType.options)('of type %s may say what becomes of a call whose client left', (type) => {
    const options: Record<string, string> = type === 'Yandex' ? { folder: 'f' } : {};
    for (const disconnect of ['drain', 'abort']) {
      expect(() => checkOptions({ ...options, disconnect }, type)).not.toThrow();
    }
    expect(() => checkOptions({ ...options, disconnect: 'wait' }, type)).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'options.disconnect' }),
    );
  });

  it('of OpenAI may name the only API for chats that its server has', () => {
    for (const api of ['chat-completions', 'responses']) expect(() => checkOptions({ api }, 'OpenAI')).not.toThrow();
    expect(() => checkOptions({ api: 'both' }, 'OpenAI')).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'options.api' }),
    );
    expect(() => checkOptions({ api: 'responses' }, 'Cohere')).toThrow(
      expect.objectContaining({ code: 'unknown_field' }),
    );
  });

  it('of a compatible server may name its profile, or say how it differs', () => {
    const check = (profile: string) => () => checkOptions({ profile }, 'OpenAICompatible');
    for (const profile of ['vllm', '{"name":"vllm","stopsMax":2}', '{"headers":{"x-team":"a"}}']) {
      expect(check(profile)).not.toThrow();
    }
    const headers = JSON.stringify({ headers: { 'x-team': 'a\r\nb' } });
    for (const profile of ['unknown', '{', '{"novel":1}', '{"stopsMax":0}', headers, ' '.repeat(3000)]) {
      expect(check(profile)).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'options.profile' }));
    }
    expect(() => checkOptions({ profile: 'vllm' }, 'OpenAI')).toThrow(
      expect.objectContaining({ code: 'unknown_field' }),
    );
  });

  it('of a compatible server may name the field that bounds an answer', () => {
    expect(() => checkOptions({ outputLimitField: 'max_completion_tokens' }, 'OpenAICompatible')).not.toThrow();
    expect(() => checkOptions({ outputLimitField: 'most' }, 'OpenAICompatible')).toThrow();
  });
});
