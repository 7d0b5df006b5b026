import { isRecord, parseOpaqueJson } from '@aggregator/contracts';
import type { Restorer } from './restorer.ts';
import type { Vault } from './vault.ts';

/** Texts of a message, in the order in which a model says them. */
const messageTexts = ['reasoning_content', 'reasoning', 'content', 'refusal'] as const;

type Delta = Record<string, unknown>;

/** A tool call that is being streamed: its arguments, and their position. */
interface CallRestorer {
  readonly holder: 'function' | 'custom';
  readonly field: 'arguments' | 'input';
  readonly restorer: Restorer;
}

const callsMax = 1024;

/** The texts of one choice of a stream: each remembers separately what it holds back. */
export class ChoiceRestorer {
  readonly #vault: Vault;
  readonly #texts = new Map<string, Restorer>();
  readonly #calls = new Map<number, CallRestorer>();
  #legacyCall: Restorer | null = null;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Returns the delta with the values in it; the very same one if nothing changed. `isLast`: nothing may stay behind. */
  push(delta: Delta, isLast: boolean): Delta {
    const changes: Delta = {};
    const speaksCalls =
      (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) || isRecord(delta.function_call);
    const spoken = messageTexts.filter((name) => isText(delta[name]));
    for (const name of messageTexts) {
      // Once the model has gone on to something else, a text is at its end, and must not come behind what follows it.
      const isOver = isLast || (!spoken.includes(name) && (spoken.length > 0 || speaksCalls));
      const text = this.#pushText(name, delta[name], isOver);
      if (text !== (typeof delta[name] === 'string' ? delta[name] : '')) changes[name] = text;
    }
    const calls = this.#pushCalls(delta.tool_calls, isLast);
    if (calls !== delta.tool_calls) changes.tool_calls = calls;
    const call = this.#pushLegacyCall(delta.function_call, isLast);
    if (call !== delta.function_call) changes.function_call = call;
    const annotations = this.#restoreWhole(delta.annotations);
    if (annotations !== delta.annotations) changes.annotations = annotations;
    return Object.keys(changes).length === 0 ? delta : { ...delta, ...changes };
  }

  /** Returns all that is held back, as one more delta; null if nothing is. */
  finish(): Delta | null {
    const nothing: Delta = {};
    const rest = this.push(nothing, true);
    return rest === nothing ? null : rest;
  }

  #pushText(name: string, value: unknown, isOver: boolean): string {
    let restorer = this.#texts.get(name);
    if (restorer === undefined) {
      if (!isText(value)) return '';
      restorer = this.#vault.createRestorer(name === 'content' ? this.#vault.contentMode : 'text');
      this.#texts.set(name, restorer);
    }
    const restored = isText(value) ? restorer.push(value) : '';
    return isOver ? restored + restorer.end() : restored;
  }

  /** Restores values that never come in fragments: citations name the titles and addresses of documents. */
  #restoreWhole(value: unknown): unknown {
    if (!Array.isArray(value) || value.length === 0) return value;
    const json = JSON.stringify(value);
    const restored = this.#vault.restore(json, 'json');
    return restored === json ? value : parseOpaqueJson(restored);
  }

  #pushCalls(calls: unknown, isLast: boolean): unknown {
    const restored: unknown[] = Array.isArray(calls) ? calls.map((call: unknown, at) => this.#pushCall(call, at)) : [];
    let isOther = Array.isArray(calls) && restored.some((call, at) => call !== calls[at]);
    if (!isLast) return isOther ? restored : calls;
    for (const [index, { holder, field, restorer }] of this.#calls) {
      const rest = restorer.end();
      if (rest === '') continue;
      isOther = true;
      const at = restored.findIndex((call, place) => isRecord(call) && indexOf(call, place) === index);
      const found: unknown = restored[at];
      const call = isRecord(found) ? found : { index };
      const said = isRecord(call[holder]) ? call[holder] : {};
      const text = typeof said[field] === 'string' ? said[field] : '';
      const whole = { ...call, [holder]: { ...said, [field]: text + rest } };
      if (at === -1) restored.push(whole);
      else restored[at] = whole;
    }
    return isOther ? restored : calls;
  }

  #pushCall(call: unknown, at: number): unknown {
    if (!isRecord(call)) return call;
    const index = indexOf(call, at);
    const holder = isRecord(call.custom) ? 'custom' : 'function';
    const field = holder === 'custom' ? 'input' : 'arguments';
    const said = call[holder];
    if (!isRecord(said) || !isText(said[field])) return call;
    let known = this.#calls.get(index);
    if (known === undefined) {
      if (this.#calls.size >= callsMax) return call;
      known = { holder, field, restorer: this.#vault.createRestorer(holder === 'custom' ? 'text' : 'json') };
      this.#calls.set(index, known);
    }
    const restored = known.restorer.push(said[field]);
    return restored === said[field] ? call : { ...call, [holder]: { ...said, [field]: restored } };
  }

  #pushLegacyCall(call: unknown, isLast: boolean): unknown {
    const said = isRecord(call) && isText(call.arguments) ? call.arguments : '';
    if (said !== '') this.#legacyCall ??= this.#vault.createRestorer('json');
    if (this.#legacyCall === null) return call;
    const restored = this.#legacyCall.push(said) + (isLast ? this.#legacyCall.end() : '');
    return restored === said ? call : { ...(isRecord(call) ? call : {}), arguments: restored };
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function indexOf(call: Readonly<Record<string, unknown>>, at: number): number {
  return typeof call.index === 'number' ? call.index : at;
}
