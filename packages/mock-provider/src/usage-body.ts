import type { AttemptUsage } from './ledger.ts';

/** OpenAI's usage object. */
export function toOpenAiUsage({ promptTokens, cachedTokens, completionTokens }: AttemptUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}
