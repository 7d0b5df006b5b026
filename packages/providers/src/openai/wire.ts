import { z } from 'zod';

/**
 * What we read of OpenAI's answers, and no more: everything else passes unread. Chunks of a stream are checked by hand in
 * `stream.ts`, since a schema for each would cost more than the rest of the relay.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (read 2026-11, as typed by the `openai` package 7.55).
 */
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish();
/** A detail of another form counts as absent, so that it does not cost the totals beside it. */
const detail = count.catch(null);

/**
 * `cached_tokens` at the top is Moonshot's, `prompt_cache_hit_tokens` is DeepSeek's name.
 * Sources: https://platform.moonshot.ai/docs/api/chat, https://api-docs.deepseek.com/guides/kv_cache (read 2026-11).
 */
export const openAiUsageWire = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: detail,
  prompt_tokens_details: z
    .object({ cached_tokens: detail, cache_write_tokens: detail, audio_tokens: detail })
    .nullish()
    .catch(null),
  completion_tokens_details: z
    .object({ reasoning_tokens: detail, audio_tokens: detail, image_tokens: detail })
    .nullish()
    .catch(null),
  cached_tokens: detail,
  prompt_cache_hit_tokens: detail,
});
export type OpenAiUsageWire = z.infer<typeof openAiUsageWire>;

export const openAiImagesUsageWire = z.object({
  input_tokens: count,
  output_tokens: count,
  prompt_tokens: count,
  completion_tokens: count,
  input_tokens_details: z.object({ image_tokens: detail }).nullish().catch(null),
  output_tokens_details: z.object({ text_tokens: detail }).nullish().catch(null),
});

const text = z.string().nullish().catch(null);

const toJson = (value: unknown): string => JSON.stringify(value);

/** The error object, wherever a compatible server puts it; a field of another type counts as absent. */
export const openAiErrorWire = z.object({
  // FastAPI's servers send the list of faults itself, as Mistral does.
  message: z
    .union([z.string(), z.looseObject({}).transform(toJson), z.array(z.unknown()).transform(toJson)])
    .nullish()
    .catch(null),
  type: text,
  param: text,
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  status: z.number().int().nullish().catch(null),
});
export type OpenAiErrorWire = z.infer<typeof openAiErrorWire>;
