import { isRecord } from '@aggregator/contracts';
import { isText } from './repair-answer.ts';

type JsonObject = Record<string, unknown>;

/**
 * Memory of one stream that keeps it coherent: one id, one role for each choice, one finish reason for each choice. Chunks
 * that are right stay as they are, so that a healthy stream costs two comparisons a chunk.
 */
export class ChunkCoherence {
  #id: string | null = null;
  readonly #hasRole: (true | undefined)[] = [];

  /** True if the chunk has the id of its stream, and its choice has had the role. */
  isUnified({ id }: JsonObject, index: number): boolean {
    return this.#id !== null && id === this.#id && this.#hasRole[index] === true;
  }

  /** Gives the chunk the id of the stream's first chunk. Returns whether the chunk was changed. */
  unifyId(chunk: JsonObject): boolean {
    const { id } = chunk;
    if (id === this.#id) return false;
    if (this.#id !== null) {
      chunk.id = this.#id;
      return true;
    }
    if (isText(id)) this.#id = id;
    return false;
  }

  /** Puts the role into the first delta of a choice, and removes it from later ones. Returns whether the choice was changed. */
  unifyRole(choice: JsonObject, index: number): boolean {
    const { delta } = choice;
    if (!isRecord(delta)) return false;
    if (this.#hasRole[index] === true) {
      if (delta.role === undefined) return false;
      delete delta.role;
      return true;
    }
    this.#hasRole[index] = true;
    if (isText(delta.role)) return false;
    choice.delta = { ...delta, role: 'assistant' };
    return true;
  }
}

const repeatedRole = '"delta":{"role":"assistant",';

/**
 * Returns the text of a chunk of one choice without its role, or null if the text has to be written again. Several providers
 * repeat the role in every chunk. Quotes inside a JSON string are escaped, so that this text is never a part of the answer.
 */
export function cutRole(text: string, choices: readonly JsonObject[]): string | null {
  const [choice] = choices;
  const isLeft = isRecord(choice?.delta) && choice.delta.role !== undefined;
  return choices.length === 1 && !isLeft && text.includes(repeatedRole)
    ? text.replace(repeatedRole, '"delta":{')
    : null;
}

/** True if the chunk carries nothing for the client: no text, no call, no finish reason. */
export function isEmptyChunk(choices: readonly JsonObject[]): boolean {
  return choices.every(({ delta, finish_reason: finish }) => !isText(finish) && !hasDelta(delta));
}

/** True if the delta says anything: a role alone, null and empty texts do not count. */
export function hasDelta(delta: unknown): boolean {
  return (
    isRecord(delta) && Object.entries(delta).some(([name, value]) => name !== 'role' && value !== null && value !== '')
  );
}

/**
 * Returns the text of an event on one line. A provider may spread an event over several `data:` lines; passed on as it came,
 * only the first line would reach the client as data. Line ends are between the tokens of JSON only, never inside a string.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation (read 2026-11).
 */
export function toOneLine(data: string): string {
  return data.includes('\n') || data.includes('\r') ? data.replaceAll(/[\r\n]+/g, ' ') : data;
}
