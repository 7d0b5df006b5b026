import {
  AppError,
  type ChatMessage,
  type CountTokensRequest,
  checkBody,
  type MessagesField,
  messagesBlock,
  type ReasoningDetail,
  type Steps,
} from '@aggregator/contracts';
import { openDetails, withSummary } from '../answer/sealed-details.ts';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';
import { type ChatPart, toChatParts, withMark } from './parts.ts';

type Judge = FieldJudge<MessagesField>;
type NativeMessage = CountTokensRequest['messages'][number];
type Blocks = Exclude<NativeMessage['content'], string>;

/** Messages that are translated in one step. */
const messagesOfStep = 64;

export const anthropicFormat = 'anthropic-claude-v1';

export function* toChatMessages(request: CountTokensRequest, judge: Judge): Steps<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  const system = request.system && toContent(request.system, 'system', judge);
  // Nothing but a block for Anthropic's billing is no message.
  if (system && system.length > 0) messages.push({ role: 'system', content: system });
  for (const [index, message] of request.messages.entries()) {
    messages.push(...(judge.attempt(() => toChatTurn(message, `messages[${index}].content`, judge)) ?? []));
    if (index % messagesOfStep === 0) yield;
  }
  const last = messages.at(-1);
  // The mark of the whole request is at its last block.
  if (request.cache_control && last !== undefined) {
    messages[messages.length - 1] = { ...last, cache_control: request.cache_control };
  }
  return messages;
}

function toChatTurn({ role, content }: NativeMessage, at: string, judge: Judge): ChatMessage[] {
  switch (role) {
    case 'system':
      return [{ role, content: toContent(content, at, judge) }];
    case 'assistant':
      return typeof content === 'string' ? [{ role, content }] : toAssistantMessages(content, at, judge);
    case 'user':
      return typeof content === 'string' ? [{ role, content }] : toUserMessages(content, at, judge);
    default:
      throw new AppError('invalid_value', { param: at.replace(/content$/, 'role') });
  }
}

/**
 * A block of Claude Code that speaks to Anthropic's billing. It is another one in each request, so that no prompt behind it is
 * found in a cache of another provider.
 */
const billingBlock = /^x-anthropic-billing-header:/;

function isBilling({ type, text }: Blocks[number]): boolean {
  return type === 'text' && typeof text === 'string' && billingBlock.test(text);
}

/** Text alone stays text; what has marks or pictures in it becomes parts. */
function toContent(content: string | Blocks, at: string, judge: Judge): string | ChatPart[] {
  if (typeof content === 'string') return content;
  return simplify(
    content.flatMap((block, index) =>
      isBilling(block) ? [] : (judge.attempt(() => toChatParts(block, `${at}[${index}]`, judge)) ?? []),
    ),
  );
}

function simplify(parts: ChatPart[]): string | ChatPart[] {
  const [first] = parts;
  if (parts.length !== 1 || first?.type !== 'text' || first.cache_control !== undefined) return parts;
  return typeof first.text === 'string' ? first.text : parts;
}

/** Each tool's result is a separate message; they come first, since they answer the turn before. */
function toUserMessages(blocks: Blocks, at: string, judge: Judge): ChatMessage[] {
  const results: ChatMessage[] = [];
  const parts: ChatPart[] = [];
  for (const [index, block] of blocks.entries()) {
    const blockAt = `${at}[${index}]`;
    if (block.type !== 'tool_result') parts.push(...(judge.attempt(() => toChatParts(block, blockAt, judge)) ?? []));
    else results.push(...(judge.attempt(() => [toToolMessage(block, blockAt, judge)]) ?? []));
  }
  if (parts.length === 0 && results.length > 0) return results;
  return [...results, { role: 'user', content: simplify(parts) }];
}

/** Chat completions cannot mark a result as a failure: `is_error` stays for the adapter, which says it as its provider does. */
function toToolMessage(block: Blocks[number], at: string, judge: Judge): ChatMessage {
  const { tool_use_id, content, is_error, cache_control } = checkBody(messagesBlock.tool_result, block, at);
  const said = content ? toContent(content, `${at}.content`, judge) : '';
  return {
    role: 'tool',
    tool_call_id: tool_use_id,
    content: said,
    ...(is_error === true && { is_error }),
    ...(cache_control && { cache_control }),
  };
}

/** None where nothing of it goes over. */
function toAssistantMessages(blocks: Blocks, at: string, judge: Judge): ChatMessage[] {
  const parts: ChatPart[] = [];
  const calls: NonNullable<ChatMessage['tool_calls']> = [];
  const details: ReasoningDetail[] = [];
  let thoughtCount = 0;
  let mark: object = {};
  const read = (block: Blocks[number], blockAt: string): void => {
    if (!judge.takesKind('content', block.type, blockAt)) return;
    if (block.type === 'tool_use') {
      const { id, name, input, cache_control } = checkBody(messagesBlock.tool_use, block, blockAt);
      calls.push({ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } });
      mark = withMark(cache_control);
    } else if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      const index = parts.length + calls.length + thoughtCount;
      details.push(...toDetails(block, blockAt).map((detail) => ({ ...detail, index })));
      thoughtCount += 1;
    } else if (block.type === 'text') {
      parts.push(...toChatParts(block, blockAt, judge));
    } else {
      throw notSupported(blockAt, `an assistant's message cannot hold a block '${block.type}'`);
    }
  };
  for (const [index, block] of blocks.entries()) judge.attempt(() => read(block, `${at}[${index}]`));
  if (parts.length + calls.length + details.length === 0) return [];
  const message: ChatMessage = {
    role: 'assistant',
    content: parts.length === 0 ? null : simplify(parts),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...mark,
  };
  return [message];
}

/** What of a thought goes back to its provider: ours to open where another than Anthropic made it. */
function toDetails(block: Blocks[number], at: string): ReasoningDetail[] {
  if (block.type === 'redacted_thinking') {
    const { data } = checkBody(messagesBlock.redacted_thinking, block, at);
    return openDetails(data) ?? [{ type: 'reasoning.encrypted', data, format: anthropicFormat }];
  }
  const { thinking: text, signature } = checkBody(messagesBlock.thinking, block, at);
  if (!signature) return [{ type: 'reasoning.text', text }];
  const opened = openDetails(signature);
  if (opened !== null) {
    const details = opened.map((detail) => (detail.type === 'reasoning.text' ? { ...detail, text } : detail));
    return withSummary(details, text);
  }
  return [{ type: 'reasoning.text', text, signature, format: anthropicFormat }];
}
