import type { ChatField, ImagesField } from '@aggregator/contracts';
import { openAiChatFields, openAiImagesFields } from '../openai/capabilities.ts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * OpenRouter has nearly all of OpenAI's words, and Anthropic's marks of a prompt cache. What a model behind it does not
 * take it ignores in silence, which the gateway cannot see.
 * Source: https://openrouter.ai/docs/api/reference/parameters (read 2026-11, and `@openrouter/sdk` 1.3, `ChatRequest`).
 *
 * `plugins`, `web_search_options` and `service_tier` are dropped, because they change what a request costs in a way
 * that our rates do not cover; routing is ours, so that `provider`, `models` and `route` never go out.
 */
export const openRouterChatFields: Readonly<Record<ChatField, FieldFate>> = {
  ...openAiChatFields,
  'content.cache_control': 'mapped',
  function_call: 'refused',
  functions: 'refused',
  moderation: 'refused',
  n: 'refused',
  prompt_cache_retention: 'dropped',
  reasoning_details: 'mapped',
  safety_identifier: 'dropped',
  store: 'dropped',
  'tools.custom': 'refused',
  top_k: 'mapped',
};

/**
 * Source: https://openrouter.ai/docs/guides/overview/multimodal/image-generation (read 2026-11, and `@openrouter/sdk` 1.3,
 * `ImageGenerationRequest`).
 */
export const openRouterImagesFields: Readonly<Record<ImagesField, FieldFate>> = {
  ...openAiImagesFields,
  moderation: 'dropped',
  style: 'dropped',
  user: 'dropped',
};
