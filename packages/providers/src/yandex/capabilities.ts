import type { ChatField, EmbeddingsField } from '@aggregator/contracts';
import { openAiChatFields } from '../openai/capabilities.ts';
import type { FieldFate } from '../provider-adapter.ts';

/**
 * What Yandex AI Studio's reference has, but for what it calls "currently not supported". Some of the rest is "not supported
 * by all models": that a model refuses.
 * Source: https://yandex.cloud/en/docs/ai-studio/chat/createChatCompletion (read 2026-11).
 *
 * `stop` is refused and not dropped, because an answer that continues behind it is not what was asked for.
 */
export const yandexChatFields: Readonly<Record<ChatField, FieldFate>> = {
  ...openAiChatFields,
  audio: 'refused',
  'content.audio': 'refused',
  'content.file': 'refused',
  'content.input_audio': 'refused',
  metadata: 'dropped',
  modalities: 'refused',
  moderation: 'refused',
  prompt_cache_key: 'dropped',
  prompt_cache_options: 'dropped',
  prompt_cache_retention: 'dropped',
  safety_identifier: 'dropped',
  seed: 'dropped',
  stop: 'refused',
  store: 'dropped',
  'tools.custom': 'refused',
  user: 'dropped',
};

/**
 * One text, and floats; the translation makes base64 of them.
 * Source: https://yandex.cloud/en/docs/ai-studio/concepts/openai-compatibility (read 2026-11).
 */
export const yandexEmbeddingsFields: Readonly<Record<EmbeddingsField, FieldFate>> = {
  dimensions: 'refused',
  encoding_format: 'mapped',
  'input.text': 'mapped',
  'input.tokens': 'refused',
  model: 'mapped',
  user: 'dropped',
};
