import { isRecord } from '@aggregator/contracts';
import { noArguments } from '../chunks/no-arguments.ts';
import { flattenContent, isText, mintCallId, renameReasoning, repairArguments } from './repair-answer.ts';

type JsonObject = Record<string, unknown>;

/** More calls than any model makes in one answer. */
const callsMax = 1024;

/**
 * The chunks of one stream of a server that is looser than OpenAI, in the form that clients rely on. Some leave out the
 * index of a choice or of a tool call, or number every call 0; some have no ids, or repeat name and id in every fragment; some
 * have calls without arguments, or end with `stop` beside a call; some say `reasoning`, or `null` for an empty delta. Chunks that
 * are right stay as they are.
 */
export class ChunkRepair {
  readonly #callsByChoice = new Map<number, CallNumbers>();

  /** Changes the chunk itself, and says whether it did. */
  repair(chunk: JsonObject): boolean {
    let isChanged = false;
    if (chunk.object !== 'chat.completion.chunk') {
      chunk.object = 'chat.completion.chunk';
      isChanged = true;
    }
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    for (let position = 0; position < choices.length; position += 1) {
      const choice: unknown = choices[position];
      if (isRecord(choice) && this.#repairChoice(chunk, choice, position)) isChanged = true;
    }
    return isChanged;
  }

  #repairChoice(chunk: JsonObject, choice: JsonObject, position: number): boolean {
    let isChanged = false;
    if (choice.index === undefined || choice.index === null) {
      choice.index = position;
      isChanged = true;
    }
    if (choice.finish_reason === '') {
      choice.finish_reason = null;
      isChanged = true;
    }
    if (!isRecord(choice.delta)) {
      choice.delta = {};
      return true;
    }
    const { delta } = choice;
    if (renameReasoning(delta)) isChanged = true;
    if (flattenContent(delta)) isChanged = true;
    if (typeof choice.index !== 'number') return isChanged;
    if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) {
      if (this.#callsOf(choice.index).repair(chunk, choice.index, delta, delta.tool_calls)) isChanged = true;
    }
    if (!isText(choice.finish_reason)) return isChanged;
    return this.#end(choice, delta) || isChanged;
  }

  /** A choice with calls ends with `tool_calls`, and the last call has its arguments. */
  #end(choice: JsonObject, delta: JsonObject): boolean {
    const numbers = typeof choice.index === 'number' ? this.#callsByChoice.get(choice.index) : undefined;
    if (numbers === undefined) return false;
    const left = numbers.completeLast();
    if (left !== null) delta.tool_calls = [...(Array.isArray(delta.tool_calls) ? delta.tool_calls : []), left];
    if (choice.finish_reason !== 'stop') return left !== null;
    choice.finish_reason = 'tool_calls';
    return true;
  }

  #callsOf(choice: number): CallNumbers {
    const known = this.#callsByChoice.get(choice);
    if (known !== undefined) return known;
    const numbers = new CallNumbers();
    if (this.#callsByChoice.size < callsMax) this.#callsByChoice.set(choice, numbers);
    return numbers;
  }
}

/** Which call a fragment of one belongs to. */
class CallNumbers {
  /** Ids as the server sent them, by our number of the call; empty if it sent none. */
  readonly #ids: string[] = [];
  /** Our number of the call that last had the server's number. */
  readonly #bySentIndex = new Map<unknown, number>();
  readonly #names: string[] = [];
  /** Our number of the call that has no arguments yet; null if there is none. */
  #bare: number | null = null;

  /** Repairs the fragments of one delta, and says whether it changed anything. */
  repair(chunk: JsonObject, choice: number, delta: JsonObject, fragments: readonly unknown[]): boolean {
    let isChanged = false;
    const repaired = fragments.flatMap((call) => {
      if (!isRecord(call)) return [call];
      const before = this.#ids.length;
      if (this.#repairOne(chunk, choice, call)) isChanged = true;
      const left = this.#ids.length > before && this.#bare !== null ? this.completeLast() : null;
      this.#noteArguments(call, this.#ids.length > before);
      if (left !== null) isChanged = true;
      return left === null ? [call] : [left, call];
    });
    if (isChanged) delta.tool_calls = repaired;
    return isChanged;
  }

  /** Returns the fragment that a call without arguments lacks, because clients parse what they join; null if none does. */
  completeLast(): JsonObject | null {
    const index = this.#bare;
    this.#bare = null;
    return index === null ? null : { index, function: { arguments: noArguments } };
  }

  #noteArguments({ function: called, index }: JsonObject, isNew: boolean): void {
    if (!isRecord(called) || typeof index !== 'number') return;
    if (isText(called.arguments)) {
      if (this.#bare === index) this.#bare = null;
    } else if (isNew) this.#bare = index;
  }

  #repairOne(chunk: JsonObject, choice: number, call: JsonObject): boolean {
    let isChanged = repairArguments(call);
    const sentIndex = call.index ?? null;
    const known = this.#bySentIndex.get(sentIndex);
    const isNew = known === undefined || this.#begins(call, known, sentIndex !== null);
    const index = isNew && this.#ids.length < callsMax ? this.#ids.length : (known ?? 0);
    if (isNew) {
      this.#ids[index] = isText(call.id) ? call.id : '';
      this.#names[index] = nameOf(call);
      this.#bySentIndex.set(sentIndex, index);
      if (!isText(call.id)) {
        call.id = mintCallId(chunk, choice, index);
        isChanged = true;
      }
      if (call.type === undefined) {
        call.type = 'function';
        isChanged = true;
      }
    } else if (withoutRepeated(call, this.#names[index] ?? '')) isChanged = true;
    if (call.index === index) return isChanged;
    call.index = index;
    return true;
  }

  /** True if a fragment begins another call than the one that had its number before. */
  #begins(call: JsonObject, known: number, hasNumber: boolean): boolean {
    if (isText(call.id)) return this.#ids[known] !== call.id;
    // With neither id nor number, a name begins a call.
    return !hasNumber && this.#ids[known] === '' && isRecord(call.function) && isText(call.function.name);
  }
}

function nameOf({ function: called }: JsonObject): string {
  return isRecord(called) && isText(called.name) ? called.name : '';
}

/** Removes from a later fragment what the first one said, because clients join texts by addition. Returns whether it did. */
function withoutRepeated(call: JsonObject, name: string): boolean {
  let isChanged = false;
  for (const field of ['id', 'type']) {
    if (call[field] === undefined) continue;
    delete call[field];
    isChanged = true;
  }
  if (!isRecord(call.function)) return isChanged;
  const { name: repeated, ...rest } = call.function;
  if (repeated === undefined || (isText(repeated) && repeated !== name)) return isChanged;
  call.function = rest;
  return true;
}
