import { z } from 'zod';

/**
 * What we read of OpenAI's answers, and no more: everything else passes unread. Chunks of a stream are checked by hand in
 * `stream.ts`, since a schema for each would cost more than the rest of the relay.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (read 2026-11, as typed by the `openai` package 7.55).
 */
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish();

export const openAiUsageWire = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count, audio_tokens: count }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: count, audio_tokens: count }).nullish(),
});
export type OpenAiUsageWire = z.infer<typeof openAiUsageWire>;

export const openAiImagesUsageWire = z.object({
  input_tokens: count,
  output_tokens: count,
  prompt_tokens: count,
  completion_tokens: count,
  input_tokens_details: z.object({ image_tokens: count }).nullish(),
  output_tokens_details: z.object({ text_tokens: count }).nullish(),
});

const text = z.string().nullish().catch(null);

/** The error object, wherever a compatible server puts it; a field of another type counts as absent. */
export const openAiErrorWire = z.object({
  message: text,
  type: text,
  param: text,
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  status: z.number().int().nullish().catch(null),
});
export type OpenAiErrorWire = z.infer<typeof openAiErrorWire>;
