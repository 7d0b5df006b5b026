import type { ChatCompletionRequest } from '@aggregator/contracts';
import { judgeChatParts } from '../fields/judge-chat-parts.ts';
import { noteNames } from '../fields/note-names.ts';
import { sortFields } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import type { ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { geminiChatFields } from './capabilities.ts';
import { geminiEndpoint, toResourceName } from './endpoint.ts';
import { toGenerationConfig } from './generation-config.ts';
import { toConversation } from './messages.ts';
import { traitsOf } from './model-traits.ts';
import { toToolFields } from './tools.ts';

/** A request as `generateContent` takes it. Usage is always reported, also on a stream. */
export function toGeminiChatRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { body, droppedParams } = translate(request, target);
  const method = request.stream === true ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return new JsonRequest(geminiEndpoint(target, method), body, droppedParams);
}

/**
 * The same request as `countTokens` takes it, which is free.
 * Source: https://ai.google.dev/api/tokens (read 2026-11).
 */
export function toGeminiTokenCountRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { body, droppedParams } = translate(request, target);
  const generateContentRequest = { model: toResourceName(target.model), ...body };
  const endpoint = geminiEndpoint(target, 'countTokens');
  return new JsonRequest(endpoint, { generateContentRequest }, droppedParams);
}

function translate(request: ChatCompletionRequest, target: ProviderTarget) {
  const traits = traitsOf(target.model);
  const sorted = sortFields(request, geminiChatFields);
  judgeChatParts(request, geminiChatFields, sorted.dropped);
  noteNames(request, sorted.dropped);
  const generationConfig = toGenerationConfig(request, sorted, traits, target.maxOutputTokens);
  const body = {
    ...toConversation(request.messages, traits),
    ...toToolFields(request),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...(typeof sorted.taken.store === 'boolean' && { store: sorted.taken.store }),
  };
  return { body, droppedParams: sorted.dropped.names };
}
