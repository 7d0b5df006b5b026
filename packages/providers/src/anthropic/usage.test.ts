import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { readAnthropicUsage } from './usage.ts';

const fromAnthropicUsage = (reported: unknown) => readAnthropicUsage(reported)?.usage ?? null;

describe('usage', () => {
  it('keeps apart what was read from a cache, written to one, and neither', () => {
    const reported = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 11 };
    const split = { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 7 };
    expect(fromAnthropicUsage({ ...reported, cache_creation: split })).toEqual({
      inputUncached: 3,
      cacheRead: 7,
      cacheWrite5m: 4,
      cacheWrite1h: 7,
      outputText: 5,
    });
  });

  it.each([
    [{ cache_creation_input_tokens: 11 }, { cacheWrite5m: 11 }],
    [{ cache_creation: { ephemeral_1h_input_tokens: 7 } }, { cacheWrite1h: 7 }],
    [{ cache_creation_input_tokens: 5, cache_creation: { ephemeral_1h_input_tokens: 7 } }, { cacheWrite1h: 5 }],
    [
      { cache_creation_input_tokens: 11, cache_creation: { ephemeral_1h_input_tokens: 7 } },
      { cacheWrite5m: 4, cacheWrite1h: 7 },
    ],
    [{ output_tokens_details: { thinking_tokens: 2 } }, { outputText: 3, outputReasoning: 2 }],
    [{ output_tokens_details: { thinking_tokens: 9 } }, { outputText: 0, outputReasoning: 5 }],
    [{ server_tool_use: { web_search_requests: 2 } }, { toolCalls: 2 }],
  ])('counts a write of unknown life as the cheaper one, and no part as more than its whole: %j', (reported, parts) => {
    const usage = fromAnthropicUsage({ input_tokens: 3, output_tokens: 5, ...reported });
    expect(usage).toEqual({ inputUncached: 3, outputText: 5, ...parts });
  });

  it.each([
    { cache_read_input_tokens: -1 },
    { cache_creation: [] },
    { output_tokens_details: { thinking_tokens: 1.5 } },
    { server_tool_use: 'none' },
  ])('ignores an odd detail alone: %j', (odd) => {
    const reported = { input_tokens: 3, output_tokens: 5, ...odd };
    expect(readAnthropicUsage(reported)).toEqual({ usage: { inputUncached: 3, outputText: 5 }, reportedUsage: null });
  });

  it('is the smaller reading, with all figures beside it, where more was thought than put out', () => {
    const reported = { input_tokens: 3, output_tokens: 5, output_tokens_details: { thinking_tokens: 9 } };
    expect(readAnthropicUsage(reported)).toMatchObject({
      usage: { outputReasoning: 5 },
      reportedUsage: { outputReasoning: 9 },
    });
  });

  it.each([
    [null],
    [{}],
    [{ input_tokens: 3 }],
    [{ input_tokens: -1, output_tokens: 1 }],
    [{ input_tokens: '3', output_tokens: 1 }],
  ])('is unknown, not zero, where it is %j', (reported) => {
    expect(fromAnthropicUsage(reported)).toBeNull();
  });

  it('written as OpenAI does adds up to the same tokens', () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(count, count, count, count, count, count, (input, output, read, short, hour, thinking) => {
        const usage = fromAnthropicUsage({
          input_tokens: input,
          output_tokens: output,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: short + hour,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: hour },
          output_tokens_details: { thinking_tokens: thinking },
        });
        const reported = toOpenAiUsage(usage ?? {});
        expect(reported.prompt_tokens).toBe(input + read + short + hour);
        expect(reported.completion_tokens).toBe(output);
        expect(Object.values(usage ?? {}).reduce((sum, units) => sum + (units ?? 0), 0)).toBe(reported.total_tokens);
      }),
    );
  });
});
