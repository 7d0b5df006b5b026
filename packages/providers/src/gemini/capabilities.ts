import type { ChatField, EmbeddingsField, ImagesField } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * What `generateContent` has a place for. Some of it depends on the model (`model-traits.ts`): what that model alone does
 * not take is dropped and named, or refused, in the same way.
 * Source: https://ai.google.dev/api/generate-content (read 2026-11, as typed by `@google/genai` 3.1).
 *
 * - The penalties are dropped: the reference has them, but every model since 2.5 refuses any but 0.
 * - `parallel_tool_calls` is dropped: nothing here says how many calls a turn may have.
 * - `audio` is refused: speech comes out as raw samples, in voices of other names than OpenAI's.
 * - `functions` and `function_call` are refused: their answers have another form, which tools have replaced.
 * - `content.cache_control` is dropped: prompts are cached without a mark, and explicit caches are objects to be made first.
 * - `service_tier` and `web_search_options` are dropped, because they change what a request costs in a way that our
 *   rates do not cover.
 */
export const geminiChatFields: Readonly<Record<ChatField, FieldFate>> = {
  audio: 'refused',
  'content.audio': 'refused',
  'content.file': 'mapped',
  'content.image_url': 'mapped',
  'content.input_audio': 'mapped',
  'content.refusal': 'mapped',
  'content.text': 'mapped',
  'content.cache_control': 'dropped',
  frequency_penalty: 'dropped',
  function_call: 'refused',
  functions: 'refused',
  logit_bias: 'dropped',
  logprobs: 'mapped',
  max_completion_tokens: 'mapped',
  max_tokens: 'mapped',
  messages: 'mapped',
  metadata: 'dropped',
  modalities: 'mapped',
  model: 'mapped',
  moderation: 'refused',
  n: 'mapped',
  parallel_tool_calls: 'dropped',
  prediction: 'dropped',
  presence_penalty: 'dropped',
  prompt_cache_key: 'dropped',
  prompt_cache_options: 'dropped',
  prompt_cache_retention: 'dropped',
  reasoning: 'mapped',
  reasoning_details: 'mapped',
  reasoning_effort: 'mapped',
  'response_format.json_object': 'mapped',
  'response_format.json_schema': 'mapped',
  safety_identifier: 'dropped',
  seed: 'mapped',
  service_tier: 'dropped',
  stop: 'mapped',
  store: 'mapped',
  stream: 'mapped',
  stream_options: 'mapped',
  temperature: 'mapped',
  tool_choice: 'mapped',
  'tools.custom': 'refused',
  'tools.function': 'mapped',
  top_k: 'mapped',
  top_logprobs: 'mapped',
  top_p: 'mapped',
  user: 'dropped',
  verbosity: 'dropped',
  web_search_options: 'dropped',
};

/** Source: https://ai.google.dev/api/embeddings (read 2026-11). The encoding is ours: the provider knows numbers only. */
export const geminiEmbeddingsFields: Readonly<Record<EmbeddingsField, FieldFate>> = {
  dimensions: 'mapped',
  encoding_format: 'mapped',
  'input.text': 'mapped',
  'input.tokens': 'refused',
  model: 'mapped',
  user: 'dropped',
};

/**
 * Source: https://ai.google.dev/gemini-api/docs/image-generation (read 2026-11). The format of the file is the model's
 * own choice, so one that is asked for is refused; the quality is the model's, so one that is asked for is dropped.
 */
export const geminiImagesFields: Readonly<Record<ImagesField, FieldFate>> = {
  background: 'refused',
  model: 'mapped',
  moderation: 'dropped',
  n: 'refused',
  output_compression: 'refused',
  output_format: 'refused',
  partial_images: 'refused',
  prompt: 'mapped',
  quality: 'dropped',
  response_format: 'mapped',
  size: 'mapped',
  stream: 'refused',
  style: 'dropped',
  user: 'dropped',
};
