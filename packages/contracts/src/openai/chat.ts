import { z } from 'zod';

/**
 * OpenAI chat completions, as far as we touch them: what is checked here is refused when wrong, what is not named here
 * is decided field by field in the provider's adapter. Source: https://platform.openai.com/docs/api-reference/chat
 * (read 2026-11).
 */
const tokensMax = 10_000_000;

const text = z.string().max(20_000_000);

/**
 * Who may serve a request, as OpenRouter has it. Ours; never sent on.
 * Source: https://openrouter.ai/docs/features/provider-routing (read 2026-11).
 */
export const providerPreferences = z.strictObject({
  order: z.array(z.string().min(1).max(64)).max(64).optional(),
  only: z.array(z.string().min(1).max(64)).max(64).optional(),
  ignore: z.array(z.string().min(1).max(64)).max(64).optional(),
  allow_fallbacks: z.boolean().optional(),
  /** Only candidates that take every parameter of the request. */
  require_parameters: z.boolean().optional(),
  sort: z.enum(['price', 'latency', 'throughput']).optional(),
  /** USD per million tokens. */
  max_price: z
    .strictObject({ prompt: z.number().min(0).optional(), completion: z.number().min(0).optional() })
    .optional(),
});
export type ProviderPreferences = z.infer<typeof providerPreferences>;

const contentPart = z.looseObject({ type: z.string().max(64) });

/**
 * What a model's thinking leaves behind, in OpenRouter's form, so that the next turn can give it back: text with the
 * provider's signature, or what only the provider can read. `id` is the tool call that it belongs to, where it does.
 * Source: https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11).
 */
export const reasoningDetail = z.looseObject({
  type: z.enum(['reasoning.text', 'reasoning.encrypted', 'reasoning.summary']),
  /** Fragments of one detail on a stream share it. */
  index: z.number().int().min(0).optional(),
  id: z.string().max(256).nullish(),
  /** Whose it is: `anthropic-claude-v1`, `google-gemini-v1`, …; others do not get it. */
  format: z.string().max(64).nullish(),
  text: text.nullish(),
  signature: text.nullish(),
  data: text.nullish(),
  summary: text.nullish(),
});
export type ReasoningDetail = z.infer<typeof reasoningDetail>;

/** An ephemeral prompt cache mark, Anthropic's, on a content part, a message's text or a tool. */
export const cacheControl = z.looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() });

const toolCall = z.looseObject({
  id: z.string().max(256).optional(),
  type: z.string().max(64).optional(),
  function: z.looseObject({ name: z.string().max(256), arguments: text }).optional(),
});
export type ToolCall = z.infer<typeof toolCall>;

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([text, z.array(contentPart).max(10_000), z.null()]).optional(),
  name: z.string().max(256).nullish(),
  tool_calls: z.array(toolCall).max(1024).nullish(),
  tool_call_id: z.string().max(256).nullish(),
  reasoning_details: z.array(reasoningDetail).max(1024).nullish(),
});
export type ChatMessage = z.infer<typeof message>;

/** What a request of any AI surface can say to us; never sent on. */
export const ownRequestFields = {
  /** Refuse what cannot be carried over, instead of dropping and naming it. */
  strict: z.boolean().nullish(),
  /** Models to try after `model`, in order, as OpenRouter has it. */
  models: z.array(z.string().min(1).max(256)).max(16).nullish(),
  provider: providerPreferences.nullish(),
};

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
  /** As OpenRouter has it: either an effort or a budget. `reasoning_effort` is OpenAI's name of the former. */
  reasoning: z
    .looseObject({
      effort: z.string().max(32).nullish(),
      max_tokens: z.number().int().min(0).max(tokensMax).nullish(),
      enabled: z.boolean().nullish(),
    })
    .nullish(),
  reasoning_effort: z.string().max(32).nullish(),
  ...ownRequestFields,
});
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;

/**
 * Every documented field of a chat completion request, and every kind of content part, tool and message that a request
 * can hold: each provider's table says what becomes of each. Source: as above, and OpenRouter's `reasoning`.
 */
export const chatFields = [
  'audio',
  'content.audio',
  'content.file',
  'content.image_url',
  'content.input_audio',
  'content.refusal',
  'content.text',
  'content.cache_control',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'metadata',
  'modalities',
  'model',
  'moderation',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'reasoning_details',
  'reasoning_effort',
  'response_format.json_object',
  'response_format.json_schema',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools.custom',
  'tools.function',
  'top_k',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
  'web_search_options',
] as const;
export type ChatField = (typeof chatFields)[number];

/**
 * OpenAI's usage object, as providers of that dialect send it. Cached tokens are inside `prompt_tokens`, reasoning
 * inside `completion_tokens`.
 */
export const openAiUsage = z.looseObject({
  prompt_tokens: z.number().int().min(0).nullish(),
  completion_tokens: z.number().int().min(0).nullish(),
  total_tokens: z.number().int().min(0).nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().int().min(0).nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().int().min(0).nullish() }).nullish(),
});
export type OpenAiUsage = z.infer<typeof openAiUsage>;
