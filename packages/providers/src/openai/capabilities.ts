import type { Operation } from '@aggregator/contracts';

export const openAiOperations: readonly Operation[] = ['chat.completions', 'embeddings'];

/**
 * Fields of a chat completion request that go out; every other is dropped and named.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11, as typed by the `openai` package 7.55).
 *
 * Left out although the reference has them: `service_tier` and `web_search_options`, because they change what a request
 * costs in a way that no rate of ours can tell.
 */
export const openAiChatFields: ReadonlySet<string> = new Set([
  'audio',
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
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'stop',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
]);

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create (read 2026-11). */
export const openAiEmbeddingsFields: ReadonlySet<string> = new Set([
  'dimensions',
  'encoding_format',
  'input',
  'model',
  'user',
]);
