import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChatMessage, ToolCall } from '@aggregator/contracts';
import { toNormalJson } from './normal-json.ts';

/** A few milliseconds of work. */
const charactersPerTurn = 1024 * 1024;

/**
 * Running hash of a conversation: what was said, by which role, with calls of tools and their results, in order. Clients send
 * the same history in several forms, so only what they all keep is hashed: null, an absent text and an empty one are equal, a
 * text and its parts are equal, cache marks, thoughts and names of fields do not count. The hash of the messages before a call
 * is what another conversation cannot have.
 */
export class ConversationHash {
  readonly #hash: Hash = createHash('sha256');
  #role = '';
  /** Characters that were hashed since others had a turn. */
  #sinceTurn = 0;
  /** State before the assistant's turn that the last message belongs to; null if the last message is another's. */
  #turn: Hash | null = null;

  /** Adds the next message. */
  push(message: ChatMessage): void {
    const isAssistant = message.role === 'assistant';
    if (!isAssistant) this.#turn = null;
    else this.#turn ??= this.#hash.copy();
    this.#pushRole(message);
    this.#pushContent(message.content);
    for (const call of message.tool_calls ?? []) this.#push('call', toNormalCall(call));
    if (message.function_call) this.#push('call', toNormalJson(message.function_call));
  }

  /** Adds messages, with turns for others between large pieces. `onPushed` is called after each, in order. */
  async pushAll(messages: readonly ChatMessage[], onPushed: (at: number) => void = () => undefined): Promise<void> {
    for (const [at, message] of messages.entries()) {
      this.push(message);
      onPushed(at);
      if (this.#sinceTurn < charactersPerTurn) continue;
      this.#sinceTurn = 0;
      await nextTurn();
    }
  }

  /**
   * Returns the name of a call of the last message, or of the next one: hash of the messages before the assistant's turn, and
   * of the call. Some clients put each call of a turn into its own message, so the rest of the turn does not count.
   */
  nameCall(call: ToolCall): string {
    const hash = (this.#turn ?? this.#hash).copy();
    pushTo(hash, 'named call', toNormalCall(call));
    return hash.digest('base64url');
  }

  #pushRole({ role, tool_call_id: id }: ChatMessage): void {
    const normal = role === 'developer' ? 'system' : role;
    if (normal !== 'assistant' || this.#role !== 'assistant') this.#push('role', normal);
    this.#role = normal;
    if (normal === 'tool') this.#push('result of', id ?? '');
  }

  #pushContent(content: ChatMessage['content']): void {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
    let text = '';
    for (const part of parts) {
      if (isText(part)) {
        text += part.text;
        continue;
      }
      this.#pushText(text);
      text = '';
      this.#push('part', toNormalJson(part));
    }
    this.#pushText(text);
  }

  #pushText(text: string): void {
    const trimmed = text.trim();
    if (trimmed !== '') this.#push('text', trimmed);
  }

  #push(kind: string, text: string): void {
    this.#sinceTurn += text.length;
    pushTo(this.#hash, kind, text);
  }
}

/** The length before each text: no two sequences of texts are one. */
function pushTo(hash: Hash, kind: string, text: string): void {
  hash.update(`${kind} ${text.length}\n`).update(text);
}

function toNormalCall({ id, function: called, custom }: ToolCall): string {
  if (called !== undefined) return `${id ?? ''}\n${called.name}\n${toNormalArguments(called.arguments)}`;
  return `${id ?? ''}\n${toNormalJson(custom ?? null)}`;
}

/** Agents parse arguments and write them again; a call without arguments has none, or an empty object. */
function toNormalArguments(text: string): string {
  if (text.trim() === '') return '{}';
  try {
    return toNormalJson(JSON.parse(text, keepLongNumbers));
  } catch {
    return text;
  }
}

/** Numbers that are equal as doubles stay different. */
function keepLongNumbers(_name: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return source.length <= doubleDigits && Number.isFinite(value) ? value : `number ${source}`;
}

/** Every number that is written in so few characters is its own double. */
const doubleDigits = 15;

function isText(part: { readonly type: string; readonly text?: unknown }): part is { type: string; text: string } {
  return part.type === 'text' && typeof part.text === 'string';
}
