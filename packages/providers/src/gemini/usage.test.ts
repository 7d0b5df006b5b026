import { usage as usageSchema } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { readGeminiUsage } from './usage.ts';

const count = fc.integer({ min: 0, max: 1000 });
const modalities = fc.array(
  fc.record({ modality: fc.constantFrom('TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'TO_COME'), tokenCount: count }),
  { maxLength: 4 },
);

const fromGeminiUsage = (reported: unknown) => readGeminiUsage(reported)?.usage ?? null;

describe('the usage of a chat with Gemini', () => {
  it('becomes counters that share no token: their sum is what the provider reported, and none is negative', () => {
    const reported = fc.record(
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
      fc.property(reported, (value) => {
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
    const reported = { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20 };
    expect(fromGeminiUsage({ ...reported, totalTokenCount: 60 })).toEqual({
      inputUncached: 10,
      outputText: 30,
      outputReasoning: 20,
    });
    expect(fromGeminiUsage({ ...reported, totalTokenCount: 40 })).toEqual({
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

  it('finds thoughts that the total alone has, and ignores an odd detail alone', () => {
    const reported = { promptTokenCount: 5, candidatesTokenCount: 10 };
    expect(readGeminiUsage({ ...reported, totalTokenCount: 230 })).toEqual({
      usage: { inputUncached: 5, outputText: 10, outputReasoning: 215 },
      reportedUsage: null,
    });
    const odd = { cachedContentTokenCount: -1, thoughtsTokenCount: '2', promptTokensDetails: 7, totalTokenCount: 15 };
    expect(fromGeminiUsage({ ...reported, ...odd })).toEqual({ inputUncached: 5, outputText: 10 });
  });

  it('is the smaller reading, with all figures beside it, where the figures contradict each other', () => {
    const reported = { promptTokenCount: 10, candidatesTokenCount: 30, thoughtsTokenCount: 20 };
    expect(readGeminiUsage({ ...reported, totalTokenCount: 999 })).toMatchObject({
      usage: { inputUncached: 10, outputText: 10, outputReasoning: 20 },
      reportedUsage: { outputText: 30, outputReasoning: 20 },
    });
    expect(readGeminiUsage({ ...reported, cachedContentTokenCount: 11, totalTokenCount: 60 })).toMatchObject({
      usage: { inputUncached: 0, cacheRead: 10 },
      reportedUsage: { cacheRead: 11 },
    });
  });

  it('counts images and audio of the answer apart, which have rates of their own', () => {
    const candidatesTokensDetails = [
      { modality: 'IMAGE', tokenCount: 1290 },
      { modality: 'AUDIO', tokenCount: 4 },
    ];
    const reported = { promptTokenCount: 5, candidatesTokenCount: 1300, candidatesTokensDetails };
    expect(fromGeminiUsage(reported)).toEqual({ inputUncached: 5, outputText: 6, imageOut: 1290, audioOut: 4 });
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
