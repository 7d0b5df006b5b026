/**
 * A model whose turns a test writes. It sees each request in the words of no vendor. Null: the fake answers by itself.
 */
export type FakeScript = (request: ScriptedRequest) => ScriptedTurn | null;

export interface ScriptedRequest {
  /** Names of the tools that the request offers. */
  readonly tools: readonly string[];
  /** Texts of the user, oldest first; results of tools are not among them. */
  readonly said: readonly string[];
  /** The turns of the model in which it called tools, oldest first. */
  readonly rounds: readonly ScriptedRound[];
  /** All pictures in the request. */
  readonly pictures: number;
}

export interface ScriptedRound {
  readonly calls: readonly ScriptedCall[];
  /** For each call the text of its result; null: there is none. */
  readonly results: readonly (string | null)[];
  /** Pictures in the results, or in what the user sent before the next turn of the model. */
  readonly pictures: number;
}

/** A call of one tool. */
export interface ScriptedCall {
  readonly name: string;
  /** The arguments; a text is the value of the only argument of a tool, under any name. */
  readonly input: Readonly<Record<string, unknown>> | string;
}

/** The text of the model, and the tools that it calls at once. No calls: it has finished. */
export interface ScriptedTurn {
  readonly text: string;
  readonly calls: readonly ScriptedCall[];
}

/** The arguments as an object, by the schema of the tool. */
export function toScriptedInput({ input }: ScriptedCall, schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'string') return input;
  const [name] = Object.keys(readProperties(schema));
  return { [name ?? 'input']: input };
}

function readProperties(schema: unknown): object {
  const properties = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema.properties : null;
  return typeof properties === 'object' && properties !== null ? properties : {};
}

/** Collects rounds while the turns of a conversation are read in their order. */
export class RoundReader {
  readonly #rounds: { calls: ScriptedCall[]; results: (string | null)[]; pictures: number }[] = [];
  #ids: readonly (string | undefined)[] = [];
  #pictures = 0;

  get rounds(): readonly ScriptedRound[] {
    return this.#rounds;
  }

  get pictures(): number {
    return this.#pictures;
  }

  /** A turn of the model. One without calls belongs to no round. Calls that follow each other are of one turn. */
  readModel(calls: readonly (ScriptedCall & { readonly id?: string | undefined })[]): void {
    const last = this.#rounds.at(-1);
    const isSameTurn = this.#ids.length > 0 && last?.results.every((result) => result === null) === true;
    this.#ids = isSameTurn ? [...this.#ids, ...calls.map(({ id }) => id)] : calls.map(({ id }) => id);
    if (calls.length === 0) return;
    const made = calls.map(({ name, input }) => ({ name, input }));
    const missing = calls.map(() => null);
    if (isSameTurn) {
      last.calls.push(...made);
      last.results.push(...missing);
    } else this.#rounds.push({ calls: made, results: missing, pictures: 0 });
  }

  /** The result of a call, in any order; without an id that of the first call that has none. */
  readResult(id: string | undefined, text: string): void {
    const results = this.#rounds.at(-1)?.results;
    const index = id === undefined ? (results?.indexOf(null) ?? -1) : this.#ids.indexOf(id);
    if (results !== undefined && index >= 0) results[index] = text;
  }

  /** Pictures before the next turn of the model. */
  readPictures(count: number): void {
    this.#pictures += count;
    const round = this.#ids.length > 0 ? this.#rounds.at(-1) : undefined;
    if (round !== undefined) round.pictures += count;
  }
}
