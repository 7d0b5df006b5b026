import type { OpenAiUsage, Usage } from '@aggregator/contracts';

export interface OpenAiTotals {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** The sums of OpenAI's usage object, for a provider that does not report their parts: zeros would claim to know. */
export function toOpenAiTotals(usage: Usage): OpenAiTotals {
  const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, audioIn = 0, imageIn = 0 } = usage;
  const { outputText = 0, outputReasoning = 0, audioOut = 0, imageOut = 0 } = usage;
  const prompt = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioIn + imageIn;
  const completion = outputText + outputReasoning + audioOut + imageOut;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/**
 * Disjoint counters as OpenAI's object, in which the parts are inside their wholes. Writes to a cache, which OpenAI
 * reports without their life, are one number.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (read 2026-11, as typed by the `openai` package 7.55).
 */
export function toOpenAiUsage(usage: Usage): OpenAiUsage {
  const { cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, audioIn = 0 } = usage;
  const { outputReasoning = 0, audioOut = 0, imageOut = 0 } = usage;
  return {
    ...toOpenAiTotals(usage),
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: cacheWrite5m + cacheWrite1h,
      audio_tokens: audioIn,
    },
    completion_tokens_details: {
      reasoning_tokens: outputReasoning,
      audio_tokens: audioOut,
      ...(imageOut > 0 && { image_tokens: imageOut }),
    },
  };
}
