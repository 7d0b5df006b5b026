import type { ChatField, ChatMessage } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';

/** A message in a provider's words; the very same one where there is nothing to change. */
export type MessageChange = (message: ChatMessage) => ChatMessage;

/** The messages without what a provider's table drops; the very same ones where there is nothing of that. */
export function withoutForeignParts(
  messages: readonly ChatMessage[],
  fates: Readonly<Record<ChatField, FieldFate>>,
): readonly ChatMessage[] {
  const keepsCacheMarks = fates['content.cache_control'] === 'mapped';
  const keepsReasoning = fates.reasoning_details === 'mapped';
  if (keepsCacheMarks && keepsReasoning) return messages;
  return messages.map((message) => {
    const { reasoning_details, cache_control, content, ...rest } = message;
    const hasMarkedCall = rest.tool_calls?.some((call) => call.cache_control !== undefined) === true;
    const hasMarkedPart = Array.isArray(content) && content.some((part) => part.cache_control !== undefined);
    if (reasoning_details === undefined && cache_control === undefined && !hasMarkedPart && !hasMarkedCall)
      return message;
    return {
      ...rest,
      ...(hasMarkedCall && !keepsCacheMarks && { tool_calls: withoutCacheMarks(rest.tool_calls ?? []) }),
      ...(content !== undefined && {
        content: keepsCacheMarks || !Array.isArray(content) ? content : withoutCacheMarks(content),
      }),
      ...(keepsReasoning && reasoning_details !== undefined && { reasoning_details }),
      ...(keepsCacheMarks && cache_control !== undefined && { cache_control }),
    };
  });
}

/** Content parts, calls or tools without the marks of a prompt cache, for a provider that knows none. */
export function withoutCacheMarks<Part extends object>(parts: readonly (Part & { cache_control?: unknown })[]): Part[] {
  return parts.map((part) => {
    if (part.cache_control === undefined) return part;
    const { cache_control: _mark, ...unmarked } = part;
    return unmarked as unknown as Part;
  });
}

/**
 * A message without the fields in which answers carry reasoning and images. They come back in the next request of a
 * client that keeps what it was given, and OpenAI refuses what it does not know.
 */
export function withoutAnswerFields(message: ChatMessage): ChatMessage {
  const isClean =
    message.reasoning_content === undefined && message.reasoning === undefined && message.images === undefined;
  if (isClean) return message;
  const { reasoning_content: _content, reasoning: _reasoning, images: _images, ...rest } = message;
  return rest;
}

/** `developer` is OpenAI's later name of `system`, and few others know it. */
export function withSystemRole(message: ChatMessage): ChatMessage {
  return message.role === 'developer' ? { ...message, role: 'system' } : message;
}

/** A refusal among content parts as the text that it is, for a provider that has no such part. */
export function withRefusalAsText(message: ChatMessage): ChatMessage {
  const { content } = message;
  if (!Array.isArray(content) || !content.some((part) => part.type === 'refusal')) return message;
  return {
    ...message,
    content: content.map((part) => (part.type === 'refusal' ? { type: 'text', text: part.refusal } : part)),
  };
}
