import { chatCompletionRequest } from '@aggregator/contracts';
import { adapterFor, type ProviderTarget } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outputLimitOf, outputTokensDefault, toLimitedRequest } from './output-limit.ts';

const chat = (content: string, change: object = {}) =>
  chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content }], ...change });
const address: ProviderTarget = {
  ...{ baseUrl: 'https://example.com/v1', credential: null, model: 'm', maxOutputTokens: null },
  ...{ attemptId: 'r/1', options: {} },
};
const adapter = adapterFor('OpenAICompatible');
const limitOf = (request: ReturnType<typeof chat>, contextLength: number, maxOutputTokens: number | null = null) =>
  JSON.parse(
    toLimitedRequest(adapter, request, { ...address, maxOutputTokens }, { contextLength, maxOutputTokens }).body,
  ).max_tokens;

describe('the length of an answer that no one limits', () => {
  it('is the default, which the provider is sent and the hold covers (I2)', () => {
    const model = { contextLength: 131_072, maxOutputTokens: null };
    expect(outputLimitOf(chat('hi'), model)).toEqual({ outputMax: outputTokensDefault, isAsked: false });
    expect(limitOf(chat('hi'), 131_072)).toBe(8192);
  });

  it('is what the caller or the registry says if one of them does', () => {
    expect(limitOf(chat('hi', { max_tokens: 50_000 }), 131_072)).toBe(50_000);
    expect(limitOf(chat('hi', { max_completion_tokens: 7 }), 131_072)).toBe(7);
    expect(limitOf(chat('hi'), 131_072, 100_000)).toBeUndefined();
    expect(outputLimitOf(chat('hi'), { contextLength: 131_072, maxOutputTokens: 100_000 }).outputMax).toBe(100_000);
  });

  it('leaves the prompt its room in the context, and is never above what is held', () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.integer({ min: 2048, max: 40_000 }), (length, contextLength) => {
        const request = chat('x'.repeat(length));
        const limit = limitOf(request, contextLength);
        expect(limit).toBeLessThanOrEqual(outputLimitOf(request, { contextLength, maxOutputTokens: null }).outputMax);
        expect(limit).toBeLessThanOrEqual(Math.max(1024, contextLength - length / 3));
        expect(limit).toBeGreaterThanOrEqual(1024);
      }),
    );
  });
});
