import type { OpenAiUsage, Usage } from '@aggregator/contracts';
import { toOpenAiTotals } from '../to-openai-usage.ts';
import { cohereUsageWire } from './wire.ts';

/**
 * What Cohere bills, which is less than what it reads: the tokens of Cohere's preambles are in `tokens` and not in
 * `billed_units`. Thinking is billed as output, and is not separated from it. `cached_tokens` are
 * part of `tokens`, so that no more of them than what is billed count as read from the cache. Where nothing is said of
 * billing, the tokens themselves count.
 *
 * Null where the numbers are absent: unknown, not zero.
 */
export function fromCohereChatUsage(value: unknown): Usage | null {
  const parsed = cohereUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { billed_units: billed, tokens } = parsed.data;
  const input = billed?.input_tokens ?? tokens?.input_tokens;
  const output = billed?.output_tokens ?? tokens?.output_tokens;
  if (typeof input !== 'number' || typeof output !== 'number') return null;
  const cacheRead = Math.min(parsed.data.cached_tokens ?? 0, input);
  return { inputUncached: input - cacheRead, ...(cacheRead > 0 && { cacheRead }), outputText: output };
}

/** OpenAI's sums, with what was read from the cache if Cohere reported it. Thinking is not separated. */
export function toCohereTotals(usage: Usage): OpenAiUsage {
  const { cacheRead } = usage;
  return {
    ...toOpenAiTotals(usage),
    ...(cacheRead !== undefined && { prompt_tokens_details: { cached_tokens: cacheRead } }),
  };
}

/** The same for embeddings, which have input only. `meta` is the envelope that usage comes in. */
export function fromCohereEmbeddingsUsage(meta: unknown): Usage | null {
  const parsed = cohereUsageWire.safeParse(meta);
  if (!parsed.success) return null;
  const { billed_units: billed, tokens } = parsed.data;
  const input = billed?.input_tokens ?? tokens?.input_tokens;
  return typeof input === 'number' ? { inputUncached: input } : null;
}
