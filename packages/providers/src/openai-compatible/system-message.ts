import { isRecord } from '@aggregator/contracts';

const isSystem = (message: unknown) => isRecord(message) && (message.role === 'system' || message.role === 'developer');

/**
 * Returns the messages with one system message, which is the first; the very same ones if they are so already. Chat templates of
 * Qwen and others reject a second one, and one that comes later.
 * Source: https://github.com/vllm-project/vllm/issues/41114 (read 2026-11).
 */
export function withOneSystemMessage(messages: unknown): unknown {
  if (!Array.isArray(messages) || messages.findLastIndex(isSystem) <= 0) return messages;
  const system = messages.filter(isSystem);
  const text = system
    .map(textOf)
    .filter((one) => one !== '')
    .join('\n\n');
  const others = messages.filter((message) => !isSystem(message));
  return text === '' ? others : [{ ...system[0], content: text }, ...others];
}

function textOf({ content }: Readonly<Record<string, unknown>>): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('');
}
