/**
 * What a stream's client has had, as the JSON texts of its chunks; parsed only when something breaks. Bounded: an answer
 * that is longer cannot be continued.
 */
export class DeliveredLog {
  readonly #charactersMax: number;
  readonly #chunks: string[] = [];
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  add(chunk: string): void {
    this.#characters += chunk.length;
    if (this.#characters <= this.#charactersMax) this.#chunks.push(chunk);
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#characters = 0;
  }

  /** The beginning, as far as it is kept. */
  sample(): readonly string[] {
    return this.#chunks;
  }

  /** Null where it was more than may be kept. */
  read(): readonly string[] | null {
    return this.#characters <= this.#charactersMax ? this.#chunks : null;
  }
}
