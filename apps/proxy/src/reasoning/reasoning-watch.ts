import { isRecord } from '@aggregator/providers';
import { AnswerAssembler } from '../cache/answer-assembler.ts';

const charactersMax = 1024 * 1024;

/**
 * Listens to a stream for thoughts behind calls of tools. A chunk that has neither costs a look for two words; the others are
 * kept, up to 1 MiB, and read when the stream is over.
 */
export class ReasoningWatch {
  readonly #chunks: string[] = [];
  #characters = 0;
  #hasThoughts = false;

  /** JSON text of a chunk. */
  push(chunk: string): void {
    const isThought = chunk.includes('"reasoning_details"');
    if (!isThought && !chunk.includes('"tool_calls"')) return;
    this.#hasThoughts ||= isThought;
    this.#characters += chunk.length;
    if (this.#characters <= charactersMax) this.#chunks.push(chunk);
  }

  /** The messages of an answer that came to its end; none where there were no thoughts, or too much of them. */
  end(last: Readonly<Record<string, unknown>> | null): readonly unknown[] {
    if (!this.#hasThoughts || this.#characters > charactersMax) return [];
    const assembler = new AnswerAssembler();
    for (const chunk of this.#chunks) assembler.push(chunk);
    const choices = assembler.end(last)?.choices;
    return Array.isArray(choices) ? choices.map((choice) => (isRecord(choice) ? choice.message : null)) : [];
  }
}
