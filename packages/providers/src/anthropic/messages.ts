import { type ChatMessage, parseArguments, type ToolCall } from '@aggregator/contracts';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';
import { type Block, toBlocks, toCacheMark, toContent, toTextBlock, withCacheMark } from './content-blocks.ts';
import type { ModelTraits } from './model-traits.ts';
import { withThinking } from './thinking-blocks.ts';

interface Turn {
  role: 'user' | 'assistant' | 'system';
  content: Block[];
}

export interface Conversation {
  /** Absent where nothing is said to the system. */
  system?: string | readonly Block[];
  messages: readonly { role: string; content: string | readonly Block[] }[];
}

/**
 * A conversation in turns. Messages of one role in a row are one turn; results of tools are part of the user's, before
 * all else that it holds. What a system or developer says first is the system prompt; later it stays where it was said
 * if the model takes that, and goes to the system prompt otherwise, which is what Anthropic's own door for OpenAI's
 * clients does. Sources: https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages,
 * https://platform.claude.com/docs/en/api/openai-sdk (read 2026-11).
 * @throws {AppError} `unsupported_parameter`, `invalid_value`, `invalid_image_url`.
 */
export function toConversation(messages: readonly ChatMessage[], { takesSystemTurns }: ModelTraits): Conversation {
  const system: Block[] = [];
  const turns: Turn[] = [];
  const speakers = nextSpeakers(messages);
  for (const [index, message] of messages.entries()) {
    const { role, content } = toTurn(message, `messages[${index}]`);
    const last = turns.at(-1);
    if (role === 'system') {
      // It must follow the user, and the next turn must be the assistant's or none.
      const mayStand =
        takesSystemTurns && (last?.role === 'user' || last?.role === 'system') && speakers[index] !== 'user';
      if (!mayStand) {
        system.push(...content);
        continue;
      }
    }
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  if (turns.length === 0)
    throw invalidValue('messages', 'This provider needs at least one message of the user with text.');
  trimPrefill(turns.at(-1));
  return {
    ...(system.length > 0 && { system: toContent(system) }),
    messages: turns.map((turn) => ({ role: turn.role, content: toContent(inOrder(turn)) })),
  };
}

function toTurn(message: ChatMessage, path: string): Turn {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: toBlocks(message, path) };
    case 'user':
      return { role: 'user', content: toBlocks(message, path) };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message, path) };
    case 'tool':
      return { role: 'user', content: [toToolResult(message, path)] };
    case 'function':
      throw unsupported(`${path}.role`);
  }
}

function toAssistantBlocks(message: ChatMessage, path: string): Block[] {
  if (message.function_call !== undefined && message.function_call !== null) throw unsupported(`${path}.function_call`);
  const { refusal, tool_calls: calls, reasoning_details: details, cache_control: mark, ...rest } = message;
  const blocks = toBlocks(rest, path);
  if (typeof refusal === 'string') blocks.push(...toTextBlock(refusal, `${path}.refusal`));
  for (const [index, call] of (calls ?? []).entries()) blocks.push(toToolUse(call, `${path}.tool_calls[${index}]`));
  return withThinking(withCacheMark(blocks, mark, `${path}.cache_control`), details ?? []);
}

function toToolUse({ id, function: called }: ToolCall, path: string): Block {
  if (called === undefined) throw unsupported(path);
  if (!id) throw invalidValue(`${path}.id`, 'A tool call needs the id that it was made with.');
  const input = called.arguments.trim() === '' ? {} : parseArguments(called.arguments);
  if (input === null) {
    throw invalidValue(`${path}.function.arguments`, 'The arguments of a tool call must be a JSON object.');
  }
  return { type: 'tool_use', id, name: called.name, input };
}

function toToolResult(
  { tool_call_id: id, cache_control: mark, is_error: isError, ...message }: ChatMessage,
  path: string,
): Block {
  if (!id) throw invalidValue(`${path}.tool_call_id`, 'The result of a tool needs the id of its call.');
  const content = toBlocks(message, path);
  return {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length > 0 && { content: toContent(content) }),
    ...(isError === true && { is_error: true }),
    ...toCacheMark(mark, `${path}.cache_control`),
  };
}

/** By position: the next role other than the system; undefined if there is none. */
function nextSpeakers(messages: readonly ChatMessage[]): readonly (Turn['role'] | undefined)[] {
  const speakers: (Turn['role'] | undefined)[] = [];
  let next: Turn['role'] | undefined;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    speakers[index] = next;
    const role = messages[index]?.role;
    if (role === 'assistant') next = 'assistant';
    else if (role !== 'system' && role !== 'developer') next = 'user';
  }
  return speakers;
}

function inOrder({ content }: Turn): readonly Block[] {
  const results = content.filter((block) => block.type === 'tool_result');
  if (results.length === 0 || results.length === content.length) return content;
  return [...results, ...content.filter((block) => block.type !== 'tool_result')];
}

/** Text that the model is to continue must not end in white space. */
function trimPrefill(last: Turn | undefined): void {
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined;
  if (block?.type === 'text' && typeof block.text === 'string') block.text = block.text.trimEnd();
}
