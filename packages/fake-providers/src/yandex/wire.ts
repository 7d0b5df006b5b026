import { z } from 'zod';
import { chatShape, messageShapes } from '../openai/wire.ts';

/**
 * Fields that Yandex's reference has and does not call "currently not supported".
 * Source: https://yandex.cloud/en/docs/ai-studio/chat/createChatCompletion (read 2026-11).
 */
const {
  metadata: _metadata,
  modalities: _modalities,
  prompt_cache_key: _cacheKey,
  prompt_cache_retention: _retention,
  safety_identifier: _safety,
  seed: _seed,
  stop: _stop,
  store: _store,
  stream_options: _streamOptions,
  user: _user,
  ...sameShape
} = chatShape;

const message = z.discriminatedUnion('role', [
  z.strictObject({ ...messageShapes.system, role: z.literal('system') }),
  z.strictObject(messageShapes.user),
  z.strictObject(messageShapes.assistant),
  z.strictObject(messageShapes.tool),
]);

export const yandexChat = z.strictObject({ ...sameShape, messages: z.array(message).min(1) });
