import { pictureClasses, toolComponents, type Usage, usageComponents } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromOpenAiChatUsage } from './openai/usage.ts';
import { toOpenAiTotals, toOpenAiUsage } from './to-openai-usage.ts';

/** Components that are no tokens of the model: OpenAI's object has no place for them. */
const otherComponents: readonly string[] = ['images', ...pictureClasses, ...toolComponents, 'requests'];
const tokenComponents = usageComponents.filter((component) => !otherComponents.includes(component));
const someUsage = fc.record(Object.fromEntries(usageComponents.map((component) => [component, fc.nat(1_000_000)])), {
  requiredKeys: [],
});

describe('usage in OpenAI’s form', () => {
  it('counts every token once in its totals', () => {
    fc.assert(
      fc.property(someUsage, (usage: Usage) => {
        const tokens = tokenComponents.reduce((sum, component) => sum + (usage[component] ?? 0), 0);
        const { prompt_tokens, completion_tokens, total_tokens } = toOpenAiTotals(usage);
        expect(total_tokens).toBe(tokens);
        expect(Number(prompt_tokens) + Number(completion_tokens)).toBe(tokens);
      }),
    );
  });

  it('has parts that are inside their wholes, with zeros for what was not used', () => {
    expect(toOpenAiUsage({ inputUncached: 3, outputText: 4 })).toEqual({
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    });
  });

  it('is read back as the same counters, but for the life of what was written to a cache', () => {
    const usage = { inputUncached: 1, cacheRead: 2, cacheWrite5m: 4, audioIn: 8, outputText: 16, outputReasoning: 32 };
    expect(fromOpenAiChatUsage(toOpenAiUsage(usage))).toEqual(usage);
    expect(fromOpenAiChatUsage(toOpenAiUsage({ ...usage, cacheWrite1h: 64, audioOut: 128 }))).toEqual({
      ...usage,
      cacheWrite5m: 68,
      audioOut: 128,
    });
  });

  it('claims nothing of what is inside where only the sums are known', () => {
    expect(Object.keys(toOpenAiTotals({ inputUncached: 3 }))).toEqual([
      'prompt_tokens',
      'completion_tokens',
      'total_tokens',
    ]);
  });
});
