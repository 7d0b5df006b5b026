import { usage as usageSchema } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { fromGeminiUsage } from './usage.ts';

const count = fc.integer({ min: 0, max: 1000 });
const modalities = fc.array(
  fc.record({ modality: fc.constantFrom('TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'TO_COME'), tokenCount: count }),
  { maxLength: 4 },
);

describe('the usage of a chat with Gemini', () => {
  it('becomes counters that share no token: their sum is what the provider told, and none is negative', () => {
    const told = fc.record(
      {
        promptTokenCount: count,
        cachedContentTokenCount: count,
        candidatesTokenCount: count,
        thoughtsTokenCount: count,
        toolUsePromptTokenCount: count,
        promptTokensDetails: modalities,
        cacheTokensDetails: modalities,
        candidatesTokensDetails: modalities,
      },
      { requiredKeys: ['promptTokenCount'] },
    );
    fc.assert(
      fc.property(told, (value) => {
        const usage = usageSchema.parse(fromGeminiUsage(value));
        const prompt = value.promptTokenCount + (value.toolUsePromptTokenCount ?? 0);
        const completion = (value.candidatesTokenCount ?? 0) + (value.thoughtsTokenCount ?? 0);
        const sum = Object.values(usage).reduce<number>((total, units) => total + (units ?? 0), 0);
        expect(sum).toBe(prompt + completion);
        expect(toOpenAiUsage(usage)).toMatchObject({
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: sum,
        });
      }),
    );
  });

  it('has thoughts beside the answer, unless the total says that they were inside', () => {
    const told = { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20 };
    expect(fromGeminiUsage({ ...told, totalTokenCount: 60 })).toEqual({
      inputUncached: 10,
      outputText: 30,
      outputReasoning: 20,
    });
    expect(fromGeminiUsage({ ...told, totalTokenCount: 40 })).toEqual({
      inputUncached: 10,
      outputText: 10,
      outputReasoning: 20,
    });
  });

  it('takes what is left out for none, and finds the answer’s part in the total', () => {
    expect(fromGeminiUsage({ promptTokenCount: 5 })).toEqual({ inputUncached: 5, outputText: 0 });
    expect(fromGeminiUsage({ promptTokenCount: 5, thoughtsTokenCount: 2, totalTokenCount: 10 })).toEqual({
      inputUncached: 5,
      outputText: 3,
      outputReasoning: 2,
    });
  });

  it('counts images and audio of the answer apart, which have rates of their own', () => {
    const candidatesTokensDetails = [
      { modality: 'IMAGE', tokenCount: 1290 },
      { modality: 'AUDIO', tokenCount: 4 },
    ];
    const told = { promptTokenCount: 5, candidatesTokenCount: 1300, candidatesTokensDetails };
    expect(fromGeminiUsage(told)).toEqual({ inputUncached: 5, outputText: 6, imageOut: 1290, audioOut: 4 });
  });

  it.each([
    undefined,
    null,
    7,
    {},
    [],
    { candidatesTokenCount: 1 },
    { promptTokenCount: 1.5 },
    { promptTokenCount: '1' },
  ])('of %j is unknown, not zero', (value) => {
    expect(fromGeminiUsage(value)).toBeNull();
  });
});
