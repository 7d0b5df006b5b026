import { usage as usageSchema } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromOpenAiChatUsage, fromOpenAiEmbeddingsUsage, fromOpenAiImagesUsage } from './usage.ts';

const count = fc.integer({ min: 0, max: 1000 });
const details = { cached_tokens: count, cache_write_tokens: count, audio_tokens: count, reasoning_tokens: count };

describe('the usage of a chat', () => {
  it('becomes counters that share no token: their sum is what the provider told, and none is negative', () => {
    const told = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: fc.option(fc.record(details, { requiredKeys: [] })),
      completion_tokens_details: fc.option(fc.record(details, { requiredKeys: [] })),
    });
    fc.assert(
      fc.property(told, (value) => {
        const usage = usageSchema.parse(fromOpenAiChatUsage(value));
        const { outputText = 0, outputReasoning = 0, audioOut = 0, ...input } = usage;
        expect(Object.values(input).reduce((sum, units) => sum + (units ?? 0), 0)).toBe(value.prompt_tokens);
        expect(outputText + outputReasoning + audioOut).toBe(value.completion_tokens);
      }),
    );
  });

  it('takes the smaller reading where a part is larger than its whole', () => {
    const value = {
      prompt_tokens: 10,
      completion_tokens: 4,
      prompt_tokens_details: { cached_tokens: 99 },
      completion_tokens_details: { reasoning_tokens: 9 },
    };
    expect(fromOpenAiChatUsage(value)).toEqual({ inputUncached: 0, cacheRead: 10, outputText: 0, outputReasoning: 4 });
  });

  it('counts nothing that it was not told, so that nothing unpriced is used', () => {
    expect(fromOpenAiChatUsage({ prompt_tokens: 1, completion_tokens: 1 })).toEqual({
      inputUncached: 1,
      outputText: 1,
    });
    expect(fromOpenAiChatUsage({ prompt_tokens: 1, total_tokens: 3 })).toEqual({ inputUncached: 1, outputText: 2 });
  });

  it.each([
    undefined,
    null,
    7,
    {},
    [],
    { completion_tokens: 1 },
    { prompt_tokens: 1 },
    { prompt_tokens: 1.5, completion_tokens: 1 },
    { prompt_tokens: '1', completion_tokens: 1 },
    { prompt_tokens: 1, completion_tokens: -1 },
  ])('of %j is unknown, not zero', (value) => {
    expect(fromOpenAiChatUsage(value)).toBeNull();
  });
});

describe('the usage of embeddings', () => {
  it('is input alone', () => {
    expect(fromOpenAiEmbeddingsUsage({ prompt_tokens: 8, total_tokens: 8 })).toEqual({ inputUncached: 8 });
    expect(fromOpenAiEmbeddingsUsage({ total_tokens: 8 })).toEqual({ inputUncached: 8 });
    expect(fromOpenAiEmbeddingsUsage({})).toBeNull();
  });
});

describe('the usage of images', () => {
  it.each([
    [
      { input_tokens: 50, output_tokens: 272, input_tokens_details: { image_tokens: 40, text_tokens: 10 } },
      { inputUncached: 10, imageIn: 40, imageOut: 272 },
    ],
    [
      { input_tokens: 5, output_tokens: 300, output_tokens_details: { text_tokens: 28, image_tokens: 272 } },
      { inputUncached: 5, outputText: 28, imageOut: 272 },
    ],
    [
      { prompt_tokens: 5, completion_tokens: 4175, total_tokens: 4180, cost: 0.04 },
      { inputUncached: 5, imageOut: 4175 },
    ],
    [
      { input_tokens: 5, output_tokens: 2, input_tokens_details: { image_tokens: 99 } },
      { inputUncached: 0, imageIn: 5, imageOut: 2 },
    ],
    [undefined, { imageOut: 3 }],
    [{ input_tokens: 5 }, { imageOut: 3 }],
    [{ output_tokens: -1 }, { imageOut: 3 }],
  ])('of %j is %j, in tokens where they were told and in images where not', (told, usage) => {
    expect(fromOpenAiImagesUsage(told, 3)).toEqual(usage);
  });
});
