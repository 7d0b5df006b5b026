import { usage as usageSchema } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  findOpenAiUsage,
  fromOpenAiChatUsage,
  fromOpenAiEmbeddingsUsage,
  fromOpenAiImagesUsage,
  readOpenAiChatUsage,
} from './usage.ts';

const count = fc.integer({ min: 0, max: 1000 });
const details = { cached_tokens: count, cache_write_tokens: count, audio_tokens: count, reasoning_tokens: count };

describe('the usage of a chat', () => {
  it('becomes counters that share no token: their sum is what the provider reported, and none is negative', () => {
    const wire = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: fc.option(fc.record(details, { requiredKeys: [] })),
      completion_tokens_details: fc.option(fc.record(details, { requiredKeys: [] })),
    });
    fc.assert(
      fc.property(wire, (value) => {
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

  it('counts nothing that was not reported, so that nothing unpriced is used', () => {
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

describe('the total of a chat (D01, D02)', () => {
  const details = (reasoning: number, cached = 0) => ({
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  });

  it.each([
    ['reasoning is inside', 32, 103, 135, details(94), { inputUncached: 32, outputText: 9, outputReasoning: 94 }],
    ['reasoning is beside', 32, 9, 135, details(94), { inputUncached: 32, outputText: 9, outputReasoning: 94 }],
    ['reasoning is nowhere else', 5, 10, 230, {}, { inputUncached: 5, outputText: 10, outputReasoning: 215 }],
    ['reasoning is nowhere else', 5, 0, 230, details(0), { inputUncached: 5, outputText: 0, outputReasoning: 225 }],
    ['cached tokens are beside', 10, 7, 117, details(0, 100), { inputUncached: 10, cacheRead: 100, outputText: 7 }],
    [
      'both are beside',
      ...([10, 7, 122, details(5, 100)] as const),
      { inputUncached: 10, cacheRead: 100, outputText: 7, outputReasoning: 5 },
    ],
  ])('shows that %s: %d, %d, %d, %j', (_what, prompt_tokens, completion_tokens, total_tokens, more, usage) => {
    const reading = readOpenAiChatUsage({ prompt_tokens, completion_tokens, total_tokens, ...more });

    expect(reading).toEqual({ usage, reportedUsage: null });
  });

  it.each([
    ['is less than the sum', 100, 50, 120, {}, { inputUncached: 100, outputText: 20 }, { outputText: 50 }],
    [
      'fits no convention',
      ...([100, 50, 999, details(30)] as const),
      { inputUncached: 100, outputText: 20, outputReasoning: 30 },
      { outputText: 20 },
    ],
    ['is above what any model thinks', 10, 5, 1e12, {}, { inputUncached: 10, outputText: 5 }, { outputText: 5 }],
    [
      'fits, but a part is larger than its whole',
      ...([10, 4, 14, details(9, 99)] as const),
      { inputUncached: 0, cacheRead: 10, outputText: 0, outputReasoning: 4 },
      { cacheRead: 99, outputReasoning: 9 },
    ],
  ])(
    'that %s leaves the smaller reading, and all figures beside it',
    (_what, prompt, completion, total, more, usage, reported) => {
      const wire = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total, ...more };

      expect(readOpenAiChatUsage(wire)).toMatchObject({ usage, reportedUsage: reported });
    },
  );

  it('of 0 beside other figures says nothing', () => {
    expect(fromOpenAiChatUsage({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 0 })).toEqual({
      inputUncached: 3,
      outputText: 4,
    });
  });
});

describe('an odd detail of a chat (D40)', () => {
  it.each([
    [{ prompt_tokens_details: [] }],
    [{ prompt_tokens_details: 'none' }],
    [{ prompt_tokens_details: { cached_tokens: -1 } }],
    [{ prompt_tokens_details: { cached_tokens: '0' } }],
    [{ completion_tokens_details: { reasoning_tokens: 1.5 } }],
    [{ completion_tokens_details: 7 }],
    [{ total_tokens: -4 }],
  ])('is ignored alone: %j', (odd) => {
    const wire = { prompt_tokens: 1000, completion_tokens: 3, total_tokens: 1003, ...odd };

    expect(readOpenAiChatUsage(wire)).toEqual({ usage: { inputUncached: 1000, outputText: 3 }, reportedUsage: null });
  });

  it.each([{ cached_tokens: 600 }, { prompt_cache_hit_tokens: 600 }])('has other names: %j', (wire) => {
    expect(fromOpenAiChatUsage({ prompt_tokens: 1000, completion_tokens: 3, ...wire })).toEqual({
      inputUncached: 400,
      cacheRead: 600,
      outputText: 3,
    });
  });
});

describe('the place of usage (D03)', () => {
  it('is the top, x_groq or the last choice', () => {
    const usage = { prompt_tokens: 1 };
    expect(findOpenAiUsage({ usage })).toBe(usage);
    expect(findOpenAiUsage({ usage: null, x_groq: { usage } })).toBe(usage);
    expect(findOpenAiUsage({ choices: [{}, { usage }] })).toBe(usage);
    expect(findOpenAiUsage({ usage: null, choices: [7] })).toBeNull();
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
    [undefined, null],
    [{ input_tokens: 5 }, null],
    [{ output_tokens: -1 }, null],
    [
      { input_tokens: 5, output_tokens: 2, input_tokens_details: [] },
      { inputUncached: 5, imageOut: 2 },
    ],
  ])('of %j is %j, in tokens if they were reported, else unknown', (wire, usage) => {
    expect(fromOpenAiImagesUsage(wire)).toEqual(usage);
  });
});
