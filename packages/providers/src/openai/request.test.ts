import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toOpenAiChatRequest } from './request.ts';

const target = { baseUrl: 'https://a.example/v1', credential: null, model: 'gpt-4o', attemptId: 'r/1' };
const messages = [{ role: 'user', content: 'x' }];

function translate(request: object) {
  const { body, droppedParams } = toOpenAiChatRequest(
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
