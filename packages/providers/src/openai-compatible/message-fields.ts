import { type ChatMessage, isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';

/**
 * Returns a message without fields that are null, but for `content`; the very same one if it has none. Clients send an answer back
 * with all its nulls, and a strict server rejects names that it does not know.
 */
export function withoutNulls(message: ChatMessage): ChatMessage {
  const isClean = Object.entries(message).every(([name, value]) => value !== null || name === 'content');
  if (isClean) return message;
  const kept = Object.entries(message).filter(([name, value]) => value !== null || name === 'content');
  return { ...Object.fromEntries(kept), role: message.role };
}

/** Returns a message with an empty text for content that is null or absent; the very same one if it has content. */
export function withText(message: ChatMessage): ChatMessage {
  return (message.content ?? null) === null ? { ...message, content: '' } : message;
}

/** Returns the messages without the fields that a server rejects; each that had a value is named. */
export function withoutMessageFields(messages: unknown, omitted: readonly string[], dropped: DroppedParams): unknown {
  if (omitted.length === 0 || !Array.isArray(messages)) return messages;
  return messages.map((message: unknown) => {
    const found = isRecord(message) ? omitted.filter((name) => message[name] !== undefined) : [];
    if (!isRecord(message) || found.length === 0) return message;
    for (const name of found) dropped.note(`messages.${name}`);
    return Object.fromEntries(Object.entries(message).filter(([name]) => !found.includes(name)));
  });
}
