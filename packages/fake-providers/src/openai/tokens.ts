import type { FakeChat, FakeMessage } from './wire.ts';

const tokenPattern = /\s*\S{1,8}|\s+$/gu;
const messageTokens = 3;
const otherPartTokens = 10;

/** The fake's own rule: up to eight characters that are not white space, with the white space before them. */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

export function countTokens(text: string): number {
  return splitTokens(text).length;
}

export function countPromptTokens({ messages, tools }: Pick<FakeChat, 'messages' | 'tools'>): number {
  const ofTools = tools && tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0;
  return messages.reduce((sum, message) => sum + countMessage(message), ofTools);
}

/** The text of a message, parts joined. */
export function readText({ content }: FakeMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => ('text' in part ? part.text : '')).join('');
}

function countMessage(message: FakeMessage): number {
  const others = Array.isArray(message.content) ? message.content.filter((part) => part.type !== 'text').length : 0;
  const calls =
    message.role === 'assistant' && message.tool_calls ? countTokens(JSON.stringify(message.tool_calls)) : 0;
  return messageTokens + countTokens(readText(message)) + calls + others * otherPartTokens;
}
