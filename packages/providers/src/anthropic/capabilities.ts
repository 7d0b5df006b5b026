import type { ChatField } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * What the Messages API has a place for. Some of it depends on the model (`model-traits.ts`): what that model alone does
 * not take is dropped and named, or refused, in the same way.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 *
 * - `response_format.json_object` is refused: there is no JSON without a schema here, and a sentence in the prompt that
 *   asks for it is no guarantee. A schema is the way (`json_schema`).
 * - `functions` and `function_call` are refused: their answers have another form, which tools have replaced.
 * - `safety_identifier`, or else `user`, becomes `metadata.user_id`, unless it may be an e-mail address or a number of a person,
 *   which Anthropic refuses: then it is dropped.
 * - `service_tier` and `web_search_options` are dropped, because they change what a request costs in a way that our
 *   rates do not cover.
 */
export const anthropicChatFields: Readonly<Record<ChatField, FieldFate>> = {
  audio: 'refused',
  'content.audio': 'refused',
  'content.file': 'mapped',
  'content.image_url': 'mapped',
  'content.input_audio': 'refused',
  'content.refusal': 'mapped',
  'content.text': 'mapped',
  'content.cache_control': 'mapped',
  frequency_penalty: 'dropped',
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
  parallel_tool_calls: 'mapped',
  prediction: 'dropped',
  presence_penalty: 'dropped',
  prompt_cache_key: 'dropped',
  prompt_cache_options: 'dropped',
  prompt_cache_retention: 'dropped',
  reasoning: 'mapped',
  reasoning_details: 'mapped',
  reasoning_effort: 'mapped',
  'response_format.json_object': 'refused',
  'response_format.json_schema': 'mapped',
  safety_identifier: 'mapped',
  seed: 'dropped',
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
  user: 'mapped',
  verbosity: 'dropped',
  web_search_options: 'dropped',
};
