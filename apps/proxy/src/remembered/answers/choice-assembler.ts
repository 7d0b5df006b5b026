import { isRecord } from '@aggregator/contracts';
import { joinCalls } from './join-calls.ts';
import { joinDetails } from './join-details.ts';
import { keepOne } from './keep-one.ts';

type Fields = Record<string, unknown>;

const texts: ReadonlySet<string> = new Set(['content', 'refusal', 'reasoning_content', 'reasoning']);
/** What later chunks add to. */
const lists: ReadonlySet<string> = new Set(['images', 'annotations']);

/** The message of one choice, joined from its deltas. */
export class ChoiceAssembler {
  readonly #message: Fields = { role: 'assistant', content: null };
  readonly #more: Fields = {};
  readonly #calls: Fields[] = [];
  #finishReason: string | null = null;
  #logprobs: Record<string, unknown[] | null> | null | undefined;

  /** False for what cannot be joined. */
  push(choice: Fields): boolean {
    const { index: _index, delta, finish_reason: finishReason, logprobs, ...more } = choice;
    if (typeof finishReason === 'string' && finishReason !== '') this.#finishReason = finishReason;
    const isJoined = Object.entries(isRecord(delta) ? delta : {}).every(([name, value]) => this.#take(name, value));
    const hasMore = Object.entries(more).every(([name, value]) => keepOne(this.#more, name, value));
    return isJoined && hasMore && this.#takeLogprobs(logprobs);
  }

  /** Null where the choice has had no end. */
  end(index: number): Fields | null {
    if (this.#finishReason === null) return null;
    if (this.#calls.length > 0) this.#message.tool_calls = this.#calls.map(({ index: _index, ...call }) => call);
    const logprobs = this.#logprobs === undefined ? {} : { logprobs: this.#logprobs };
    return { ...this.#more, index, message: this.#message, ...logprobs, finish_reason: this.#finishReason };
  }

  #take(name: string, value: unknown): boolean {
    const message = this.#message;
    if (name === 'tool_calls') return value === null || joinCalls(this.#calls, value);
    if (name === 'reasoning_details' && Array.isArray(value)) {
      const details = Array.isArray(message[name]) ? message[name] : [];
      message[name] = details;
      return joinDetails(details, value);
    }
    const known = message[name] ?? null;
    if (texts.has(name) && typeof value === 'string') {
      message[name] = typeof known === 'string' ? known + value : value;
      return true;
    }
    if (lists.has(name) && Array.isArray(value)) {
      message[name] = Array.isArray(known) ? [...known, ...value] : value;
      return true;
    }
    // Sound and calls of the old kind come in pieces, too; of anything else it is unknown.
    if (name === 'audio' || name === 'function_call') return value === null || value === undefined;
    return keepOne(message, name, value);
  }

  #takeLogprobs(logprobs: unknown): boolean {
    if (logprobs === null) this.#logprobs ??= null;
    if (logprobs === undefined || logprobs === null) return true;
    if (!isRecord(logprobs)) return false;
    const all = this.#logprobs ?? {};
    this.#logprobs = all;
    for (const [name, value] of Object.entries(logprobs)) {
      if (value !== null && !Array.isArray(value)) return false;
      const known = all[name] ?? null;
      all[name] = value === null ? known : [...(known ?? []), ...value];
    }
    return true;
  }
}
