import {
  type ChatMessage,
  checkBody,
  isRecord,
  type ReasoningDetail,
  type ResponsesField,
  type ResponsesRequest,
  responsesItem,
  type Steps,
} from '@aggregator/contracts';
import { openDetails, withSummary } from '../answer/sealed-details.ts';
import type { FieldJudge } from '../fields/field-judge.ts';
import { readOwnItem } from './own-tools.ts';
import { type ChatPart, toChatContent } from './parts.ts';
import type { ToolNames } from './tool-names.ts';

type Judge = FieldJudge<ResponsesField>;
type Item = Exclude<ResponsesRequest['input'], string>[number];
type Call = NonNullable<ChatMessage['tool_calls']>[number];

/** Items that are translated in one step. */
const itemsOfStep = 64;

/** Items in their order as messages: what an assistant thought, said and called in one turn is one message. */
export function* toChatMessages(
  { instructions, input }: ResponsesRequest,
  names: ToolNames,
  judge: Judge,
): Steps<ChatMessage[]> {
  const conversation = new Conversation();
  if (instructions) conversation.add({ role: 'system', content: instructions });
  if (typeof input === 'string') conversation.add({ role: 'user', content: input });
  else {
    for (const [index, item] of input.entries()) {
      judge.attempt(() => addItem(conversation, item, `input[${index}]`, names, judge));
      if (index % itemsOfStep === 0) yield;
    }
  }
  return conversation.messages;
}

function addItem(conversation: Conversation, item: Item, at: string, names: ToolNames, judge: Judge): void {
  const type = item.type ?? ('id' in item && !('content' in item) ? 'item_reference' : 'message');
  if (item.execution === 'client' && addSearch(conversation, item, at, names)) return;
  if (!judge.takesKind('input', type, at)) return;
  if (addOwnItem(conversation, item, at, names)) return;
  switch (type) {
    case 'message': {
      const { role, content } = checkBody(responsesItem.message, item, at);
      const said = toChatContent(content, `${at}.content`, judge);
      if (role === 'assistant') conversation.say(said);
      else conversation.add({ role, content: said });
      return;
    }
    case 'function_call': {
      const { call_id: id, name, namespace, arguments: text } = checkBody(responsesItem.function_call, item, at);
      const called = { name: names.nameOf(name, namespace ?? null), arguments: text };
      conversation.call({ id, type: 'function', function: called });
      return;
    }
    case 'custom_tool_call': {
      const { call_id: id, name, namespace, input } = checkBody(responsesItem.custom_tool_call, item, at);
      conversation.call({ id, type: 'custom', custom: { name: names.nameOf(name, namespace ?? null), input } });
      return;
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { call_id, output } = checkBody(responsesItem[type], item, at);
      const content = toChatContent(output, `${at}.output`, judge);
      conversation.add({ role: 'tool', tool_call_id: call_id, content });
      return;
    }
    case 'additional_tools':
      return;
    default: {
      const { summary, encrypted_content } = checkBody(responsesItem.reasoning, item, at);
      const text = (summary ?? []).map((part) => part.text).join('\n\n');
      const opened = encrypted_content ? openDetails(encrypted_content) : null;
      if (encrypted_content && opened === null) judge.dropped.note('input.reasoning.encrypted_content');
      const details = opened ?? (text === '' ? [] : [{ type: 'reasoning.text' as const, text }]);
      conversation.think(withSummary(details, text));
    }
  }
}

/** A call of a tool that OpenAI describes, or its result, as those of a function. False for another item. */
function addOwnItem(conversation: Conversation, item: Item, at: string, names: ToolNames): boolean {
  const read = readOwnItem(item, at);
  if (read === null) return false;
  if ('result' in read) {
    const callId = conversation.callIds.get(read.callId) ?? read.callId;
    conversation.add({ role: 'tool', tool_call_id: callId, content: read.result });
    return true;
  }
  const { tool, callId: id, asked } = read;
  // The result of a local shell may name the item instead of the call.
  if (typeof item.id === 'string') conversation.callIds.set(item.id, id);
  conversation.call({
    id,
    type: 'function',
    function: { name: names.ownName(tool), arguments: JSON.stringify(asked) },
  });
  return true;
}

/** A search for tools that the client made, as the call of a function and its result. False for another item. */
function addSearch(conversation: Conversation, item: Item, at: string, names: ToolNames): boolean {
  if (item.type === 'tool_search_call') {
    const { call_id: id, arguments: asked } = checkBody(responsesItem.tool_search_call, item, at);
    conversation.call({
      id,
      type: 'function',
      function: { name: names.ownName('tool_search'), arguments: JSON.stringify(asked ?? {}) },
    });
    return true;
  }
  if (item.type !== 'tool_search_output') return false;
  const { call_id, tools } = checkBody(responsesItem.tool_search_output, item, at);
  const found = tools.flatMap(({ type, name, tools: inner }) => {
    if (typeof name !== 'string') return [];
    if (type !== 'namespace') return [name];
    const own = Array.isArray(inner) ? inner.filter(isRecord) : [];
    return own.flatMap((tool) => (typeof tool.name === 'string' ? [names.nameOf(tool.name, name)] : []));
  });
  conversation.add({ role: 'tool', tool_call_id: call_id, content: JSON.stringify({ tools: found }) });
  return true;
}

interface Turn {
  content: string | ChatPart[] | null;
  readonly calls: Call[];
  readonly details: ReasoningDetail[];
  /** Items until now: the place of the next one in the turn. */
  size: number;
}

class Conversation {
  /** Ids of calls by the ids of their items. */
  readonly callIds = new Map<string, string>();
  readonly #messages: ChatMessage[] = [];
  /** The assistant's turn that is not over. */
  #turn: Turn | null = null;

  get messages(): ChatMessage[] {
    this.#endTurn();
    return this.#messages;
  }

  add(message: ChatMessage): void {
    this.#endTurn();
    this.#messages.push(message);
  }

  think(details: readonly ReasoningDetail[]): void {
    const { calls, content } = this.#openTurn();
    // Thoughts after what was said begin another turn; those between calls belong to the calls.
    if (content !== null && calls.length === 0) this.#endTurn();
    const turn = this.#openTurn();
    turn.details.push(...details.map((detail) => ({ ...detail, index: turn.size })));
    if (details.length > 0) turn.size += 1;
  }

  /** Text beside calls stays in their message, because their results must follow it. */
  say(content: string | ChatPart[]): void {
    const before = this.#turn;
    if (before !== null && before.content !== null && before.calls.length === 0) this.#endTurn();
    const turn = this.#openTurn();
    turn.content = turn.content === null ? content : [...toParts(turn.content), ...toParts(content)];
    turn.size += 1;
  }

  call(call: Call): void {
    const turn = this.#openTurn();
    turn.calls.push(call);
    turn.size += 1;
  }

  #openTurn(): Turn {
    this.#turn ??= { content: null, calls: [], details: [], size: 0 };
    return this.#turn;
  }

  #endTurn(): void {
    if (this.#turn === null) return;
    const { content, calls, details } = this.#turn;
    this.#turn = null;
    if (content === null && calls.length === 0) return;
    this.#messages.push({
      role: 'assistant',
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(details.length > 0 && { reasoning_details: details }),
    });
  }
}

function toParts(content: string | ChatPart[]): ChatPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
