import { AnswerAssembler } from '../answers/answer-assembler.ts';

const charactersMax = 1024 * 1024;
/** Servers exist that write the field as null in each chunk. */
const thought = /"reasoning_(?:details|content)":(?!null|""|\[\])/;

/**
 * Listens to a stream for thoughts behind calls of tools. A chunk that has neither costs a look for two words; the others are
 * kept, up to 1 MiB, and read when the stream is over.
 */
export class ReasoningWatch {
  readonly #chunks: string[] = [];
  #characters = 0;
  #hasThoughts = false;
  #hasCalls = false;

  /** JSON text of a chunk. */
  push(chunk: string): void {
    const isThought = chunk.includes('"reasoning_') && thought.test(chunk);
    const isCall = chunk.includes('"tool_calls"');
    if (!isThought && !isCall) return;
    this.#hasThoughts ||= isThought;
    this.#hasCalls ||= isCall;
    this.#characters += chunk.length;
    if (this.#characters <= charactersMax) this.#chunks.push(chunk);
  }

  /** Returns the calls and thoughts of an answer that came to its end; null if there were not both, or too much of them. */
  end(last: Readonly<Record<string, unknown>> | null): Record<string, unknown> | null {
    if (!this.#hasThoughts || !this.#hasCalls || this.#characters > charactersMax) return null;
    const assembler = new AnswerAssembler();
    for (const chunk of this.#chunks) assembler.push(chunk);
    return assembler.end(last);
  }
}
