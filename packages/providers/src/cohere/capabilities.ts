import type { ChatField, EmbeddingsField } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * What the second version of Cohere's chat has a place for.
 * Source: https://docs.cohere.com/reference/chat (read 2026-11, as typed by `cohere-ai` 8.1).
 *
 * - `logprobs` are refused although Cohere reports some: they belong to pieces of text and not to tokens.
 * - `functions` and `function_call` are refused: their answers have another form, which tools have replaced.
 * - `parallel_tool_calls` is dropped: Cohere has no word for it and calls several tools as it likes.
 * - `reasoning_details` are dropped: Cohere asks for nothing back but its plan, which comes and goes as `reasoning_content`.
 * - `service_tier` and `web_search_options` are dropped, because they change what a request costs in a way that our
 *   rates do not cover.
 */
export const cohereChatFields: Readonly<Record<ChatField, FieldFate>> = {
  audio: 'refused',
  'content.audio': 'refused',
  'content.file': 'refused',
  'content.image_url': 'mapped',
  'content.input_audio': 'refused',
  'content.refusal': 'mapped',
  'content.text': 'mapped',
  'content.cache_control': 'dropped',
  frequency_penalty: 'mapped',
  function_call: 'refused',
  functions: 'refused',
  logit_bias: 'dropped',
  logprobs: 'refused',
  max_completion_tokens: 'mapped',
  max_tokens: 'mapped',
  messages: 'mapped',
  metadata: 'dropped',
  modalities: 'refused',
  model: 'mapped',
  moderation: 'refused',
  n: 'refused',
  parallel_tool_calls: 'dropped',
  prediction: 'dropped',
  presence_penalty: 'mapped',
  prompt_cache_key: 'dropped',
  prompt_cache_options: 'dropped',
  prompt_cache_retention: 'dropped',
  reasoning: 'mapped',
  reasoning_details: 'dropped',
  reasoning_effort: 'mapped',
  'response_format.json_object': 'mapped',
  'response_format.json_schema': 'mapped',
  safety_identifier: 'dropped',
  seed: 'mapped',
  service_tier: 'dropped',
  stop: 'mapped',
  store: 'dropped',
  stream: 'mapped',
  stream_options: 'mapped',
  temperature: 'mapped',
  tool_choice: 'mapped',
  'tools.custom': 'refused',
  'tools.function': 'mapped',
  top_k: 'mapped',
  top_logprobs: 'refused',
  top_p: 'mapped',
  user: 'dropped',
  verbosity: 'dropped',
  web_search_options: 'dropped',
};

/** Fields of Cohere's own that a caller can give beside OpenAI's; they go out as they came. */
export const cohereOwnFields: Readonly<Record<string, FieldFate>> = {
  citation_options: 'mapped',
  documents: 'mapped',
  safety_mode: 'mapped',
};

/** Source: https://docs.cohere.com/reference/embed (read 2026-11, as typed by `cohere-ai` 8.1). */
export const cohereEmbeddingsFields: Readonly<Record<EmbeddingsField, FieldFate>> = {
  dimensions: 'mapped',
  encoding_format: 'mapped',
  'input.text': 'mapped',
  'input.tokens': 'refused',
  model: 'mapped',
  user: 'dropped',
};
