import { isRecord } from '../json-record.ts';
import { flattenContent, isText, mintCallId, renameReasoning, repairArguments } from './repair-answer.ts';

type JsonObject = Record<string, unknown>;

/** More calls than any model makes in one answer. */
const callsMax = 1024;

/**
 * The chunks of one stream of a server that is looser than OpenAI, in the form that clients rely on. Some leave out the
 * index of a choice or of a tool call, or number every call 0; some have no ids; some say `reasoning`, or `null` for an
 * empty delta. Chunks that are right stay as they are.
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
    if (Array.isArray(delta.tool_calls) && typeof choice.index === 'number') {
      const numbers = this.#callsOf(choice.index);
      for (const call of delta.tool_calls) {
        if (isRecord(call) && numbers.repair(chunk, choice.index, call)) isChanged = true;
      }
    }
    return isChanged;
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
  /** Ids as the server told them, by our number of the call; empty where it told none. */
  readonly #ids: string[] = [];
  /** Our number of the call that last had the server's number. */
  readonly #byTold = new Map<unknown, number>();

  repair(chunk: JsonObject, choice: number, call: JsonObject): boolean {
    let isChanged = repairArguments(call);
    const told = call.index ?? null;
    const known = this.#byTold.get(told);
    const isNew = known === undefined || this.#begins(call, known, told !== null);
    const index = isNew && this.#ids.length < callsMax ? this.#ids.length : (known ?? 0);
    if (isNew) {
      this.#ids[index] = isText(call.id) ? call.id : '';
      this.#byTold.set(told, index);
      if (!isText(call.id)) {
        call.id = mintCallId(chunk, choice, index);
        isChanged = true;
      }
      if (call.type === undefined) {
        call.type = 'function';
        isChanged = true;
      }
    }
    if (call.index === index) return isChanged;
    call.index = index;
    return true;
  }

  /** Whether a fragment begins another call than the one that had its number before. */
  #begins(call: JsonObject, known: number, hasNumber: boolean): boolean {
    if (isText(call.id)) return this.#ids[known] !== call.id;
    // With neither id nor number, a name begins a call.
    return !hasNumber && this.#ids[known] === '' && isRecord(call.function) && isText(call.function.name);
  }
}
