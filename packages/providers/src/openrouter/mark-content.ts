import type { ChatMessage } from '@aggregator/contracts';
import { withoutCacheMarks } from '../openai/messages.ts';

/**
 * A message whose cache mark is on its last part of content. OpenRouter's schema has marks on parts alone. A message without
 * content, such as one with calls only, loses its mark; so do its calls.
 * Source: https://openrouter.ai/docs/features/prompt-caching (read 2026-11).
 */
export function markContent(message: ChatMessage): ChatMessage {
  if (message.cache_control === undefined && !message.tool_calls) return message;
  const { cache_control: mark, ...rest } = message;
  const { content, tool_calls: calls } = rest;
  if (calls) rest.tool_calls = withoutCacheMarks(calls);
  if (mark === undefined) return rest;
  if (typeof content === 'string' && content !== '') {
    rest.content = [{ type: 'text', text: content, cache_control: mark }];
  } else if (Array.isArray(content)) {
    rest.content = content.map((part, index) =>
      index === content.length - 1 ? { ...part, cache_control: part.cache_control ?? mark } : part,
    );
  }
  return rest;
}
