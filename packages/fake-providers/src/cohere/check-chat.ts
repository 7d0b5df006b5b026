import type { z } from 'zod';
import { Refusal } from '../openai/refusal.ts';
import { countTokens } from '../openai/tokens.ts';
import type { CohereModel } from './models.ts';
import type { CohereChat, CohereMessage } from './wire.ts';

/** @throws {Refusal} 422 in the vendor's words for a field that is unknown, 400 for a value. */
export function parseStrictly<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    throw new Refusal(422, { message: `unknown field: parameter '${issue.keys[0]}' is not a valid field` });
  }
  throw refuse(`${path}: ${issue?.message ?? 'not valid'}`);
}

/**
 * Rules that no schema has: the order of turns, calls and their results, fields that exclude each other.
 * Sources: https://docs.cohere.com/reference/errors, …/docs/tool-use-overview, …/docs/structured-outputs (read
 * 2026-11).
 * @throws {Refusal}
 */
export function checkChat(chat: CohereChat, model: CohereModel): void {
  const { messages, tools, documents } = chat;
  if (messages.some((message, index) => message.role === 'system' && index > 0)) {
    throw new Refusal(400, { message: 'system turn must be the first in the list' });
  }
  if (messages.every((message) => message.role === 'system')) throw refuse('message must be at least 1 token long');
  if (messages.at(-1)?.role === 'assistant') throw refuse('the last message must be from the user or a tool');
  for (const message of messages) checkTurn(message, model);
  checkCalls(messages);
  if (chat.tool_choice === 'REQUIRED' && !tools) throw refuse('tool_choice REQUIRED needs tools');
  const isJson = chat.response_format?.type === 'json_object';
  if (isJson && documents) throw refuse('response_format is not supported with RAG.');
  if (isJson && tools) throw refuse('response_format is not supported with tools.');
  if (chat.thinking?.type === 'enabled' && !model.thinks)
    throw refuse(`model '${model.name}' does not support thinking`);
  if (chat.thinking?.type === 'disabled' && chat.thinking.token_budget) throw refuse('token_budget without thinking');
  if (chat.frequency_penalty && chat.presence_penalty) {
    throw refuse('cannot specify both frequency_penalty and presence_penalty.');
  }
  if (chat.strict_tools && tools?.some((tool) => !Array.isArray(tool.function.parameters.required))) {
    throw refuse('with strict_tools each tool needs at least one required parameter');
  }
  const tokens = countPromptTokens(chat);
  if (tokens > model.contextTokens) {
    const reason = `total number of tokens in the prompt cannot exceed ${model.contextTokens} - received ${tokens}.`;
    throw new Refusal(400, { message: `too many tokens: ${reason}` });
  }
}

export function countPromptTokens({ messages, tools, documents }: CohereChat): number {
  const extra = [tools, documents].map((value) => (value === undefined ? 0 : countTokens(JSON.stringify(value))));
  return (
    messages.reduce((sum, message) => sum + 3 + countTokens(readText(message)), 0) + (extra[0] ?? 0) + (extra[1] ?? 0)
  );
}

/** The text of a turn, parts joined. */
export function readText({ content }: CohereMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function checkTurn(message: CohereMessage, model: CohereModel): void {
  const parts = Array.isArray(message.content) ? message.content : [];
  const hasImages = parts.some((part) => part.type === 'image_url');
  if (hasImages && !model.sees) throw refuse(`model '${model.name}' does not support image content`);
  const isSilent = readText(message) === '' && !hasImages;
  if (isSilent && !(message.role === 'assistant' && message.tool_calls)) {
    throw new Refusal(400, { message: 'message must not be empty in a turn' });
  }
}

/** Every call has its result before anything else is said, and no result is without its call. */
function checkCalls(messages: readonly CohereMessage[]): void {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id)) throw refuse(`tool call id not found in previous tool calls`);
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) throw refuse('all tool calls must have a tool result');
    open = message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
  }
  if (open.length > 0) throw refuse('all tool calls must have a tool result');
}

function refuse(reason: string): Refusal {
  return new Refusal(400, { message: `invalid request: ${reason}` });
}
