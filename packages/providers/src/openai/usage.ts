import type { Usage } from '@aggregator/contracts';
import { openAiImagesUsageWire, openAiUsageWire } from './wire.ts';

/**
 * OpenAI's usage as disjoint counters. Its numbers include one another: cached, written and audio tokens are inside
 * `prompt_tokens`; reasoning and audio tokens inside `completion_tokens`. A part that is larger than its whole is cut to
 * it, which is the smaller reading, and nothing is ever negative. A zero that was told stays a zero.
 *
 * Cache writes, which OpenAI bills above plain input since GPT-5.6, count as `cacheWrite5m`, our shorter life. A part that
 * is 0 is left out, so that a model which never uses it needs no rate for it; `requests` is left out always, because no
 * provider of this dialect prices requests.
 *
 * Null where the numbers are absent or no counts: unknown, not zero.
 */
export function fromOpenAiChatUsage(value: unknown): Usage | null {
  const parsed = openAiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { prompt_tokens: prompt, completion_tokens, total_tokens: total } = parsed.data;
  if (prompt === undefined || prompt === null) return null;
  const completion = completion_tokens ?? (typeof total === 'number' ? Math.max(0, total - prompt) : null);
  if (completion === null) return null;

  const inside = parsed.data.prompt_tokens_details;
  const cacheRead = Math.min(inside?.cached_tokens ?? 0, prompt);
  const cacheWrite = Math.min(inside?.cache_write_tokens ?? 0, prompt - cacheRead);
  const audioIn = Math.min(inside?.audio_tokens ?? 0, prompt - cacheRead - cacheWrite);
  const made = parsed.data.completion_tokens_details;
  const reasoning = Math.min(made?.reasoning_tokens ?? 0, completion);
  const audioOut = Math.min(made?.audio_tokens ?? 0, completion - reasoning);
  return {
    inputUncached: prompt - cacheRead - cacheWrite - audioIn,
    ...(cacheRead > 0 && { cacheRead }),
    ...(cacheWrite > 0 && { cacheWrite5m: cacheWrite }),
    ...(audioIn > 0 && { audioIn }),
    outputText: completion - reasoning - audioOut,
    ...(reasoning > 0 && { outputReasoning: reasoning }),
    ...(audioOut > 0 && { audioOut }),
  };
}

/** The same for embeddings, which have input only. */
export function fromOpenAiEmbeddingsUsage(value: unknown): Usage | null {
  const parsed = openAiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const input = parsed.data.prompt_tokens ?? parsed.data.total_tokens;
  return typeof input === 'number' ? { inputUncached: input } : null;
}

/**
 * The same for images: tokens where the model counts them (`gpt-image-*`), else the images themselves, which is how the
 * older models are priced: the model's price says which of the two a unit is. Aggregators tell the tokens under the names
 * of a chat.
 * Source: https://platform.openai.com/docs/api-reference/images/object (read 2026-11).
 */
export function fromOpenAiImagesUsage(value: unknown, images: number): Usage {
  const parsed = openAiImagesUsageWire.safeParse(value);
  if (!parsed.success) return { imageOut: images };
  const { input_tokens, output_tokens, prompt_tokens, completion_tokens } = parsed.data;
  const input = input_tokens ?? prompt_tokens ?? 0;
  const output = output_tokens ?? completion_tokens;
  if (typeof output !== 'number') return { imageOut: images };
  const imageIn = Math.min(parsed.data.input_tokens_details?.image_tokens ?? 0, input);
  const outputText = Math.min(parsed.data.output_tokens_details?.text_tokens ?? 0, output);
  return {
    inputUncached: input - imageIn,
    ...(imageIn > 0 && { imageIn }),
    ...(outputText > 0 && { outputText }),
    imageOut: output - outputText,
  };
}
