import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { judgeChatParts } from '../fields/judge-chat-parts.ts';
import { noteNames } from '../fields/note-names.ts';
import { sortFields, unsupported } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import type { ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { anthropicChatFields } from './capabilities.ts';
import { anthropicEndpoint } from './endpoint.ts';
import { toStrictSchema } from './json-schema.ts';
import { toConversation } from './messages.ts';
import { traitsOf } from './model-traits.ts';
import { toSamplingFields } from './sampling.ts';
import { toThinkingFields } from './thinking.ts';
import { hasLostThinking } from './thinking-blocks.ts';
import { isForced, toToolFields } from './tools.ts';

/** The option of a provider that sets marks of the prompt cache for callers that set none: `auto`. */
export const cacheMarksOption = 'cacheMarks';
/** `max_tokens` is required; this is for a model whose limit of output is unknown. */
const maxTokensUnknown = 4096;
/** Anthropic refuses ids that look like a person's address or number. */
const opaqueId = /^(?=.*[A-Za-z])[\w.:-]{1,256}$/;

/** A request as `POST /v1/messages` takes it, in the version of the API that it needs. */
export function toAnthropicChatRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { prompt, sampling, maxTokens, droppedParams, userId, stopSequences } = translate(request, target);
  const version = Object.keys(sampling).length > 0 ? '2023-06-01' : '2026-10-21';
  const body = {
    ...prompt,
    max_tokens: maxTokens,
    ...sampling,
    ...(stopSequences.length > 0 && { stop_sequences: stopSequences }),
    ...(userId !== null && { metadata: { user_id: userId } }),
    ...(request.stream === true && { stream: true }),
  };
  const endpoint = anthropicEndpoint(target, '/messages', version);
  return new JsonRequest(endpoint, withCacheMark(body, target), droppedParams);
}

/** The same prompt as `POST /v1/messages/count_tokens` takes it, which is free. */
export function toAnthropicTokenCountRequest(
  request: ChatCompletionRequest,
  target: ProviderTarget,
): TranslatedRequest {
  const { prompt, droppedParams } = translate(request, target);
  const endpoint = anthropicEndpoint(target, '/messages/count_tokens', '2026-10-21');
  return new JsonRequest(endpoint, prompt, droppedParams);
}

/**
 * Returns a body with one mark of the prompt cache for the whole prompt, if the request, its key or the provider's option asks for it
 * and the caller set none. Anthropic puts it on the last block that can be cached, so that the next turn reads what this one wrote.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching (read 2026-11, as typed by
 * `@anthropic-ai/sdk` 1.11: `cache_control` of a request).
 */
function withCacheMark(body: object, { options, cacheMarks }: Pick<ProviderTarget, 'options' | 'cacheMarks'>): object {
  if ((cacheMarks ?? options[cacheMarksOption]) !== 'auto' || hasCacheMark(body)) return body;
  return { ...body, cache_control: { type: 'ephemeral' } };
}

/** True for a field of that name at any depth. */
function hasCacheMark(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasCacheMark);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(
    ([name, part]) => (name === 'cache_control' && part !== undefined) || hasCacheMark(part),
  );
}

function translate(request: ChatCompletionRequest, target: ProviderTarget) {
  const traits = traitsOf(target.model);
  const { taken, dropped } = sortFields(request, anthropicChatFields);
  judgeChatParts(request, anthropicChatFields, dropped);
  noteNames(request, dropped);
  const maxTokens = toMaxTokens(request, target.maxOutputTokens);
  const toolFields = toToolFields(request);
  const isToolForced = isForced(toolFields);
  if (isToolForced && !traits.takesForcedTools) throw unsupported('tool_choice');
  const conversation = toConversation(request.messages, traits);
  const place = { maxTokens, isForced: isToolForced, hasLostThinking: hasLostThinking(conversation.messages) };
  const { thinking, effort } = toThinkingFields(request, traits, place, dropped);
  const isThinking = thinking?.type === 'enabled' || thinking?.type === 'adaptive';
  const sampling = toSamplingFields(request, traits, isThinking, dropped);
  const outputConfig = { ...(effort !== undefined && { effort }), ...toFormat(request.response_format) };
  const userId = toUserId(taken, dropped);
  const prompt = {
    model: target.model,
    ...conversation,
    ...toolFields,
    ...(thinking !== undefined && { thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
  };
  const stopSequences = toStopSequences(request.stop);
  return { prompt, sampling, maxTokens, stopSequences, userId, droppedParams: dropped.names };
}

/** The one id that Anthropic takes: the one that is meant for it, or else the other. */
function toUserId(taken: Readonly<Record<string, unknown>>, dropped: DroppedParams): string | null {
  let userId: string | null = null;
  for (const name of ['safety_identifier', 'user']) {
    const value = taken[name];
    if (typeof value !== 'string') continue;
    if (!opaqueId.test(value)) dropped.note(name);
    else if (userId === null) userId = value;
    else if (userId !== value) dropped.note(name);
  }
  return userId;
}

/** Never more than the model generates, because Anthropic refuses what it cannot reach. */
function toMaxTokens(request: ChatCompletionRequest, most: number | null): number {
  const asked = request.max_completion_tokens ?? request.max_tokens ?? most ?? maxTokensUnknown;
  return most === null ? asked : Math.min(asked, most);
}

/** A sequence of white space alone is refused by Anthropic, and an answer that runs on past it is not what was asked. */
function toStopSequences(stop: ChatCompletionRequest['stop']): readonly string[] {
  const sequences = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((sequence) => sequence !== '');
  if (!sequences.every((sequence) => /\S/.test(sequence))) throw unsupported('stop');
  return sequences;
}

function toFormat(format: unknown): { format?: { type: 'json_schema'; schema: Readonly<Record<string, unknown>> } } {
  if (format === undefined || format === null || (isRecord(format) && format.type === 'text')) return {};
  if (!isRecord(format) || format.type !== 'json_schema') throw unsupported('response_format');
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  if (!isRecord(schema)) throw invalidValue('response_format.json_schema', 'A JSON schema is needed here.');
  return { format: { type: 'json_schema', schema: toStrictSchema(schema) } };
}
