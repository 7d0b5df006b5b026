import type { Usage } from '@aggregator/contracts';
import { cohereUsageWire } from './wire.ts';

/**
 * What Cohere bills, which is less than what it reads: the tokens of its own preambles stand in `tokens` and not in
 * `billed_units`. Thinking is billed as output, and is not told apart from it. `cached_tokens` are part of `tokens` and
 * cost what others cost, so that nothing is told of them here. Where nothing is said of billing, the tokens themselves count.
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
  return { inputUncached: input, outputText: output };
}

/** The same for embeddings, which have input only. `meta` is the envelope that usage comes in. */
export function fromCohereEmbeddingsUsage(meta: unknown): Usage | null {
  const parsed = cohereUsageWire.safeParse(meta);
  if (!parsed.success) return null;
  const { billed_units: billed, tokens } = parsed.data;
  const input = billed?.input_tokens ?? tokens?.input_tokens;
  return typeof input === 'number' ? { inputUncached: input } : null;
}
