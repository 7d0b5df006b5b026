import type { ChatCompletionRequest, ChatMessage } from '@aggregator/contracts';

const tokenPattern = /\s*\S{1,8}|\s+$/gu;
const messageTokens = 3;
const otherPartTokens = 10;

/**
 * The mock's own rule: a token is up to eight characters that are not white space, with the white space before them;
 * white space at the very end is one more. Joined, the tokens are the text, and there are never more of them than
 * bytes.
 */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

export function countTokens(text: string): number {
  return splitTokens(text).length;
}

/**
 * Returns the tokens of a prompt: 3 for each message, its text, 10 for each part that is no text, and the JSON of tools
 * and of tool calls as text.
 */
export function countPromptTokens(request: ChatCompletionRequest): number {
  return request.messages.reduce((sum, message) => sum + countMessage(message), countJson(request.tools));
}

/**
 * How much of a prompt counts as read from a cache: with a `prompt_cache_key`, what the system and the developer say.
 * A fixed rule instead of a real cache, so that the same request always costs the same.
 */
export function countCachedTokens(request: ChatCompletionRequest): number {
  if (typeof request.prompt_cache_key !== 'string') return 0;
  return request.messages
    .filter((message) => message.role === 'system' || message.role === 'developer')
    .reduce((sum, message) => sum + countMessage(message), 0);
}

/** The text of a message, parts joined. */
export function readText({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (typeof part.text === 'string' ? part.text : '')).join('');
}

function countMessage(message: ChatMessage): number {
  const otherParts = Array.isArray(message.content) ? message.content.filter((part) => part.type !== 'text') : [];
  const text = countTokens(readText(message)) + countJson(message.tool_calls);
  return messageTokens + text + otherParts.length * otherPartTokens;
}

function countJson(value: unknown): number {
  return value === undefined || value === null ? 0 : countTokens(JSON.stringify(value));
}
