import type { ChatCompletionRequest, SnapshotModel } from '@aggregator/contracts';
import type { ProviderAdapter, ProviderTarget, TranslatedRequest } from '@aggregator/providers';

/**
 * Longest answer, in tokens, if neither the caller nor the registry says how long it may be. Servers reject a limit above
 * what their model generates, and 8,192 is the least of today's common ones (DeepSeek).
 */
export const outputTokensDefault = 8192;
/** Shortest such answer: a prompt may be so long that an estimate leaves it no room. */
const outputTokensLeast = 1024;
const bytesPerToken = 3;

type Model = Pick<SnapshotModel, 'contextLength' | 'maxOutputTokens'>;
type Asked = Pick<ChatCompletionRequest, 'max_tokens' | 'max_completion_tokens'>;

/**
 * Returns how many tokens one choice may have, and whether the caller said so. What is asked beyond the model's own limit is
 * passed on as it is, but no model generates it.
 */
export function outputLimitOf(request: Asked, model: Model): { outputMax: number; isAsked: boolean } {
  const asked = Math.max(request.max_tokens ?? 0, request.max_completion_tokens ?? 0);
  if (asked > 0) return { outputMax: Math.min(asked, model.maxOutputTokens ?? model.contextLength), isAsked: true };
  return { outputMax: model.maxOutputTokens ?? defaultOf(model), isAsked: false };
}

/**
 * Translates a chat with the limit that it is held with. If neither the caller nor the registry has a limit, the default is
 * sent to the provider: a bound that the provider does not enforce is no bound. It is less if the prompt leaves less room in
 * the context, because servers reject a limit that goes beyond it.
 * @throws {AppError} as the translation does.
 */
export function toLimitedRequest(
  { chat: { toRequest } }: Pick<ProviderAdapter, 'chat'>,
  chat: ChatCompletionRequest,
  address: ProviderTarget,
  model: Model,
): TranslatedRequest {
  const isLimited = model.maxOutputTokens !== null || outputLimitOf(chat, model).isAsked;
  if (isLimited) return toRequest(chat, address);
  const most = defaultOf(model);
  const translated = toRequest({ ...chat, max_completion_tokens: most }, address);
  const room = model.contextLength - Math.ceil(Buffer.byteLength(translated.body) / bytesPerToken);
  if (room >= most) return translated;
  const limit = Math.min(most, Math.max(outputTokensLeast, room));
  return toRequest({ ...chat, max_completion_tokens: limit }, address);
}

/** Returns the limit to send for a request of which neither the caller nor the registry has one; null if one of them has. */
export function limitUnasked(chat: ChatCompletionRequest, model: Model): number | null {
  return model.maxOutputTokens !== null || outputLimitOf(chat, model).isAsked ? null : defaultOf(model);
}

function defaultOf({ contextLength }: Model): number {
  return Math.min(outputTokensDefault, contextLength);
}
