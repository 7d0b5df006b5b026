import { z } from 'zod';

/**
 * OpenAI chat completions, as far as we touch them: what is checked here is refused when wrong, what is not named here
 * is decided field by field in the provider's adapter. Source: https://platform.openai.com/docs/api-reference/chat
 * (read 2026-11).
 */
const tokensMax = 10_000_000;

const text = z.string().max(20_000_000);

const contentPart = z.looseObject({ type: z.string().max(64) });

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([text, z.array(contentPart).max(10_000), z.null()]).optional(),
  name: z.string().max(256).optional(),
});
export type ChatMessage = z.infer<typeof message>;

export const chatCompletionRequest = z.looseObject({
  model: z.string().min(1).max(256),
  messages: z.array(message).min(1).max(20_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(1).max(tokensMax).nullish(),
  max_completion_tokens: z.number().int().min(1).max(tokensMax).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string().max(10_000), z.array(z.string().max(10_000)).max(16)]).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string().max(64) }))
    .max(1024)
    .nullish(),
  user: z.string().max(1024).nullish(),
});
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;

/** OpenAI's usage object, as providers of that dialect send it. Cached tokens are inside `prompt_tokens`, reasoning inside `completion_tokens`. */
export const openAiUsage = z.looseObject({
  prompt_tokens: z.number().int().min(0).nullish(),
  completion_tokens: z.number().int().min(0).nullish(),
  total_tokens: z.number().int().min(0).nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().int().min(0).nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().int().min(0).nullish() }).nullish(),
});
export type OpenAiUsage = z.infer<typeof openAiUsage>;

/**
 * What we add to an answer. `cost` is USD as a JSON number for reading; `usage.cost_nano_usd` is the exact charge. On a
 * stream they come in the last chunk.
 */
export const answerAdditions = z.object({
  cost: z.number(),
  provider: z.string(),
  response_time_ms: z.number(),
});
export type AnswerAdditions = z.infer<typeof answerAdditions>;
