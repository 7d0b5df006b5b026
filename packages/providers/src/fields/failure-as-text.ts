import type { ChatMessage } from '@aggregator/contracts';

/**
 * The result of a tool that failed, with the failure in its text. `is_error` is Anthropic's mark of a failure, which chat completions
 * do not have. The same message if it has no such mark.
 */
export function withFailureAsText(message: ChatMessage): ChatMessage {
  if (message.is_error === undefined) return message;
  const { is_error: isError, ...rest } = message;
  return isError === true ? { ...rest, content: asFailure(message.content ?? '') } : rest;
}

function asFailure(content: NonNullable<ChatMessage['content']>): ChatMessage['content'] {
  if (typeof content !== 'string') return [{ type: 'text', text: 'Error:' }, ...content];
  return /^error\b/i.test(content) ? content : `Error: ${content}`.trimEnd();
}
