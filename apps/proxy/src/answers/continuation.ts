import type { Usage } from '@aggregator/contracts';
import { estimateAnswer, methodOf } from '@aggregator/tokens';
import { type Charge, chargeUsage } from '../money/charge.ts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';
import type { DeliveredAnswer } from './delivered-answer.ts';
import { type ChunkRecord, readChunk, toChunkRecord } from './read-chunk.ts';
import { dropThoughts, ThoughtCut } from './thought-cut.ts';

/**
 * What turns another target's stream into the rest of one that broke off: never a text twice, never a second id or role.
 * See `prefill` and `replay`.
 */
export interface Continuation {
  /** Who delivered the beginning. */
  readonly deliveredBy: string;
  /** UTF-16 units that the new stream does not count as its own output. */
  readonly deliveredCharacters: number;
  /** Returns the tokens of these at a model, which `charge` counts as output beside what the new stream reports. */
  countDelivered(model: string): number;
  /** What comes is not what was begun: nothing more of it may go out. */
  readonly hasDiverged: boolean;
  /** A chunk of the new stream as JSON text; null where all of it was delivered already. */
  take(chunk: string): string | null;
  takeLast(last: Record<string, unknown>): Record<string, unknown> | null;
  /** One charge: the prompt once, the delivered text once. */
  charge(usage: Usage, request: DispatchedRequest): Charge;
}

/** The new target was given the delivered text to continue: what it says is appended. */
export class PrefillContinuation implements Continuation {
  readonly hasDiverged = false;
  readonly #delivered: DeliveredAnswer;
  /** Fresh text that may still be a repetition of what was delivered; null once that is decided. */
  #opening: string | null = '';
  #hasRepeated = false;

  constructor(delivered: DeliveredAnswer) {
    this.#delivered = delivered;
  }

  get deliveredBy(): string {
    return this.#delivered.provider;
  }

  get deliveredCharacters(): number {
    return this.#delivered.text.length;
  }

  countDelivered(model: string): number {
    const { text } = this.#delivered;
    return estimateAnswer([text], text.length, model);
  }

  take(chunk: string): string | null {
    return toText(this.#takeRecord(readChunk(chunk), false));
  }

  takeLast(last: Record<string, unknown>): Record<string, unknown> | null {
    return this.#takeRecord(toChunkRecord(last), true);
  }

  charge(usage: Usage, request: DispatchedRequest): Charge {
    // The new target received the delivered text as input; to the caller it is output.
    const delivered = Math.min(this.countDelivered(request.model), usage.inputUncached ?? 0);
    const moved: Usage = {
      ...usage,
      inputUncached: (usage.inputUncached ?? 0) - delivered,
      // What the model repeats is in its output already.
      outputText: (usage.outputText ?? 0) + (this.#hasRepeated ? 0 : delivered),
    };
    return { ...chargeUsage(moved, request), estimated: true, estimate: methodOf(request.model) };
  }

  #takeRecord(record: ChunkRecord | null, isLast: boolean): ChunkRecord | null {
    if (record === null) return null;
    const choice = record.choices[0];
    if (choice === undefined) return this.#delivered.adopt(record);
    const { delta, finish_reason: finishReason } = choice;
    delete delta.role;
    // The answer has begun: the client has the thoughts before it.
    dropThoughts(delta);
    if (typeof delta.content === 'string') {
      delta.content = this.#join(delta.content, isLast || finishReason !== null);
      if (delta.content === '') delete delta.content;
    } else if (finishReason !== null && this.#opening) {
      delta.content = this.#join('', true);
    }
    if (finishReason === null && Object.keys(delta).length === 0) return null;
    return this.#delivered.adopt(record);
  }

  /** Strips what the model repeats of the delivered text, and the space that is there already. */
  #join(text: string, isEnd: boolean): string {
    if (this.#opening === null) return text;
    const opening = this.#opening + text;
    const delivered = this.#delivered.text;
    const mayRepeat = opening.length < delivered.length && delivered.startsWith(opening);
    if (mayRepeat && !isEnd) {
      this.#opening = opening;
      return '';
    }
    this.#opening = null;
    this.#hasRepeated = opening.startsWith(delivered);
    const fresh = this.#hasRepeated ? opening.slice(delivered.length) : opening;
    return /\s$/.test(delivered) ? fresh.trimStart() : fresh;
  }
}

/** The new target answers the original request; what reproduces the delivered text is held back, byte for byte. */
export class ReplayContinuation implements Continuation {
  readonly #delivered: DeliveredAnswer;
  #left: string;
  readonly #argumentsLeft: string[];
  readonly #thoughts: ThoughtCut;
  #hasDiverged = false;

  constructor(delivered: DeliveredAnswer) {
    this.#delivered = delivered;
    this.#left = delivered.text;
    this.#argumentsLeft = delivered.toolCalls.map((call) => call.arguments);
    this.#thoughts = new ThoughtCut(delivered);
  }

  get deliveredBy(): string {
    return this.#delivered.provider;
  }

  /** The new stream counts all of it. */
  get deliveredCharacters(): number {
    return 0;
  }

  countDelivered(): number {
    return 0;
  }

  get hasDiverged(): boolean {
    return this.#hasDiverged;
  }

  take(chunk: string): string | null {
    return toText(this.#takeRecord(readChunk(chunk)));
  }

  takeLast(last: Record<string, unknown>): Record<string, unknown> | null {
    return this.#takeRecord(toChunkRecord(last));
  }

  charge(usage: Usage, request: DispatchedRequest): Charge {
    return chargeUsage(usage, request);
  }

  #takeRecord(record: ChunkRecord | null): ChunkRecord | null {
    if (record === null || this.#hasDiverged) return null;
    const choice = record.choices[0];
    if (choice === undefined) return this.#delivered.adopt(record);
    const { delta, finish_reason: finishReason } = choice;
    delete delta.role;
    if (typeof delta.content === 'string') {
      delta.content = this.#takeText(delta.content);
      if (delta.content === '') delete delta.content;
    }
    this.#thoughts.cut(delta);
    if (Array.isArray(delta.tool_calls)) {
      const calls = delta.tool_calls.flatMap((call) => this.#takeToolCall(call) ?? []);
      if (calls.length > 0) delta.tool_calls = calls;
      else delete delta.tool_calls;
    }
    if (finishReason !== null && !this.#isCaughtUp()) this.#hasDiverged = true;
    if (this.#hasDiverged || (finishReason === null && Object.keys(delta).length === 0)) return null;
    return this.#delivered.adopt(record);
  }

  #takeText(text: string): string {
    const due = Math.min(text.length, this.#left.length);
    if (!this.#left.startsWith(text.slice(0, due))) this.#hasDiverged = true;
    this.#left = this.#left.slice(due);
    const fresh = text.slice(due);
    // Where tool calls were delivered, the text before them was whole.
    if (fresh !== '' && this.#delivered.toolCalls.length > 0) this.#hasDiverged = true;
    return fresh;
  }

  /** Null where all of it was delivered. */
  #takeToolCall(value: unknown): Record<string, unknown> | null {
    const call = toToolCallDelta(value);
    if (call === null) return null;
    const known = this.#delivered.toolCalls[call.index];
    if (known === undefined) {
      if (!this.#isCaughtUp()) this.#hasDiverged = true;
      return call.record;
    }
    if (call.name !== null && call.name !== known.name) this.#hasDiverged = true;
    const left = this.#argumentsLeft[call.index] ?? '';
    const due = Math.min(call.arguments.length, left.length);
    if (!left.startsWith(call.arguments.slice(0, due))) this.#hasDiverged = true;
    this.#argumentsLeft[call.index] = left.slice(due);
    const fresh = call.arguments.slice(due);
    return fresh === '' ? null : { index: call.index, function: { arguments: fresh } };
  }

  #isCaughtUp(): boolean {
    return this.#left === '' && this.#argumentsLeft.every((left) => left === '');
  }
}

function toText(record: ChunkRecord | null): string | null {
  return record === null ? null : JSON.stringify(record);
}

interface ToolCallDelta {
  readonly index: number;
  readonly name: string | null;
  readonly arguments: string;
  readonly record: Record<string, unknown>;
}

function toToolCallDelta(value: unknown): ToolCallDelta | null {
  if (typeof value !== 'object' || value === null) return null;
  const record: Record<string, unknown> = { ...value };
  const called = record.function;
  const part: Record<string, unknown> = typeof called === 'object' && called !== null ? { ...called } : {};
  return {
    index: typeof record.index === 'number' ? record.index : 0,
    name: typeof part.name === 'string' && part.name !== '' ? part.name : null,
    arguments: typeof part.arguments === 'string' ? part.arguments : '',
    record,
  };
}
