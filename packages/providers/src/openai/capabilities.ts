import type { ChatField, EmbeddingsField, ImagesField } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * Everything that OpenAI documents goes out as it came.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11, as typed by the `openai` package 7.55).
 *
 * `service_tier` and `web_search_options` are dropped although the reference has them, because they change what a request
 * costs in a way that our rates do not cover.
 */
export const openAiChatFields: Readonly<Record<ChatField, FieldFate>> = {
  audio: 'mapped',
  'content.audio': 'mapped',
  'content.file': 'mapped',
  'content.image_url': 'mapped',
  'content.input_audio': 'mapped',
  'content.refusal': 'mapped',
  'content.text': 'mapped',
  'content.cache_control': 'dropped',
  frequency_penalty: 'mapped',
  function_call: 'mapped',
  functions: 'mapped',
  logit_bias: 'mapped',
  logprobs: 'mapped',
  max_completion_tokens: 'mapped',
  max_tokens: 'mapped',
  messages: 'mapped',
  metadata: 'mapped',
  modalities: 'mapped',
  model: 'mapped',
  moderation: 'mapped',
  n: 'mapped',
  parallel_tool_calls: 'mapped',
  prediction: 'mapped',
  presence_penalty: 'mapped',
  prompt_cache_key: 'mapped',
  prompt_cache_options: 'mapped',
  prompt_cache_retention: 'mapped',
  reasoning: 'mapped',
  reasoning_details: 'dropped',
  reasoning_effort: 'mapped',
  'response_format.json_object': 'mapped',
  'response_format.json_schema': 'mapped',
  safety_identifier: 'mapped',
  seed: 'mapped',
  service_tier: 'dropped',
  stop: 'mapped',
  store: 'mapped',
  stream: 'mapped',
  stream_options: 'mapped',
  temperature: 'mapped',
  tool_choice: 'mapped',
  'tools.custom': 'mapped',
  'tools.function': 'mapped',
  top_k: 'dropped',
  top_logprobs: 'mapped',
  top_p: 'mapped',
  user: 'mapped',
  verbosity: 'mapped',
  web_search_options: 'dropped',
};

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create (read 2026-11). */
export const openAiEmbeddingsFields: Readonly<Record<EmbeddingsField, FieldFate>> = {
  dimensions: 'mapped',
  encoding_format: 'mapped',
  'input.text': 'mapped',
  'input.tokens': 'mapped',
  model: 'mapped',
  user: 'mapped',
};

/**
 * Streams of partial images have no surface here.
 * Source: https://platform.openai.com/docs/api-reference/images/create (read 2026-11).
 */
export const openAiImagesFields: Readonly<Record<ImagesField, FieldFate>> = {
  background: 'mapped',
  model: 'mapped',
  moderation: 'mapped',
  n: 'mapped',
  output_compression: 'mapped',
  output_format: 'mapped',
  partial_images: 'refused',
  prompt: 'mapped',
  quality: 'mapped',
  response_format: 'mapped',
  size: 'mapped',
  stream: 'refused',
  style: 'mapped',
  user: 'mapped',
};
