import { isRecord, parseRecord } from '@aggregator/contracts';
import { ChoiceAssembler } from './choice-assembler.ts';

type Fields = Record<string, unknown>;

const defaultCharactersMax = 1024 * 1024;
const choicesMax = 128;
const headFields = ['id', 'created', 'model', 'system_fingerprint', 'service_tier'];

/**
 * Makes the whole answer of a stream from its chunks, as the same provider would have given it in one piece. It gives up,
 * and holds nothing any more, at a bound of characters and at everything that it cannot be sure to join as it was meant.
 */
export class AnswerAssembler {
  readonly #head: Fields = {};
  readonly #choices = new Map<number, ChoiceAssembler>();
  readonly #charactersMax: number;
  #usage: unknown;
  #characters = 0;
  #hasGivenUp = false;

  constructor(charactersMax = defaultCharactersMax) {
    this.#charactersMax = charactersMax;
  }

  /** JSON text of a chunk. */
  push(chunk: string): void {
    if (this.#hasGivenUp) return;
    this.#characters += chunk.length;
    if (this.#characters > this.#charactersMax) this.#giveUp();
    else this.#take(parseRecord(chunk));
  }

  /** The chunk that ended the stream, if there was one → the answer; null where it is not whole or was given up. */
  end(last: Readonly<Fields> | null): Fields | null {
    if (last !== null && !this.#hasGivenUp) this.#take(last);
    if (this.#hasGivenUp || this.#choices.size === 0) return null;
    const byIndex = [...this.#choices].sort(([one], [other]) => one - other);
    const choices = byIndex.map(([index, choice]) => choice.end(index));
    if (choices.includes(null)) return null;
    const usage = this.#usage === undefined ? {} : { usage: this.#usage };
    return { ...this.#head, object: 'chat.completion', choices, ...usage };
  }

  #take(chunk: Readonly<Fields> | null): void {
    if (chunk === null || !Array.isArray(chunk.choices)) {
      this.#giveUp();
      return;
    }
    for (const name of headFields) {
      if (chunk[name] !== undefined && chunk[name] !== null) this.#head[name] ??= chunk[name];
    }
    if (isRecord(chunk.usage)) this.#usage = chunk.usage;
    for (const choice of chunk.choices) this.#takeChoice(choice);
  }

  #takeChoice(choice: unknown): void {
    if (!isRecord(choice)) {
      this.#giveUp();
      return;
    }
    const index = typeof choice.index === 'number' ? choice.index : 0;
    const assembler = this.#choices.get(index) ?? new ChoiceAssembler();
    if (this.#choices.size < choicesMax) this.#choices.set(index, assembler);
    if (!this.#choices.has(index) || !assembler.push(choice)) this.#giveUp();
  }

  #giveUp(): void {
    this.#hasGivenUp = true;
    this.#choices.clear();
  }
}
