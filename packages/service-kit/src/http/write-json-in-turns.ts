import { setImmediate as nextTurn } from 'node:timers/promises';

/** UTF-16 units that are written in one piece, about. */
const pieceUnits = 128 * 1024;
/** After so long a piece of work others have a turn. */
const turnMs = 4;
/** What a value that is not a text counts as. UTF-16 units. */
const valueUnits = 8;

export interface WriteOptions {
  /** Resolves when the work may continue; at the next iteration of the event loop unless given. */
  readonly takeTurn?: () => Promise<void>;
  /** As that of `JSON.stringify`, with an empty name; it must return a value for a value. */
  readonly replacer?: (name: string, value: unknown) => unknown;
  readonly pieceUnits?: number;
}

/**
 * Returns what `JSON.stringify` returns for a value that is no function and not undefined, to the letter, and does not hold up
 * other requests: turns of a few milliseconds, also inside a long text and a long list.
 */
export async function writeJsonInTurns(value: unknown, options: WriteOptions = {}): Promise<string> {
  const pieces: string[] = [];
  await writeJsonPieces(value, (piece) => pieces.push(piece), options);
  return pieces.join('');
}

/** The same text in pieces, for a hash of it. */
export async function writeJsonPieces(
  value: unknown,
  onPiece: (piece: string) => void,
  options: WriteOptions = {},
): Promise<void> {
  await new JsonWriter(onPiece, options).write(value);
}

/** True if a value has at least so many UTF-16 units, about; looks no further then. */
export function isLargeJson(value: unknown, units: number): boolean {
  return weigh(value, units) >= units;
}

class JsonWriter {
  readonly #onPiece: (piece: string) => void;
  readonly #takeTurn: () => Promise<void>;
  readonly #replacer: WriteOptions['replacer'];
  readonly #pieceUnits: number;
  #turnEndsMs = performance.now() + turnMs;

  constructor(onPiece: (piece: string) => void, options: WriteOptions) {
    this.#onPiece = onPiece;
    this.#takeTurn = options.takeTurn ?? nextTurn;
    this.#replacer = options.replacer;
    this.#pieceUnits = Math.max(2, options.pieceUnits ?? pieceUnits);
  }

  async write(value: unknown): Promise<void> {
    if (!isLargeJson(value, this.#pieceUnits) || isWrittenWhole(value)) return this.#put(this.#toJson(value));
    if (typeof value === 'string') return this.#writeText(value);
    const part = this.#replacer === undefined ? value : this.#replacer('', value);
    return Array.isArray(part) ? this.#writeList(part) : this.#writeFields(Object.entries(part as object));
  }

  /** In slices that part no surrogate pair. */
  async #writeText(text: string): Promise<void> {
    this.#onPiece('"');
    for (let from = 0; from < text.length; ) {
      let end = Math.min(from + this.#pieceUnits, text.length);
      const isPairOpen = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
      if (isPairOpen) end -= 1;
      await this.#put(unwrap(JSON.stringify(text.slice(from, end))));
      from = end;
    }
    this.#onPiece('"');
  }

  async #writeList(list: readonly unknown[]): Promise<void> {
    await this.#writeAll('[', ']', list, (entry) => entry, {
      together: (entries) => unwrap(this.#toJson(entries)),
      alone: (entry) => this.write(entry),
    });
  }

  async #writeFields(fields: readonly Field[]): Promise<void> {
    await this.#writeAll('{', '}', fields, ([, value]) => value, {
      together: (entries) => unwrap(this.#toJson(Object.fromEntries(entries))),
      alone: ([name, value]) => {
        this.#onPiece(`${JSON.stringify(name)}:`);
        return this.write(value);
      },
    });
  }

  /** Small entries together, up to a piece; each large one alone. */
  async #writeAll<Entry>(
    open: string,
    close: string,
    entries: readonly Entry[],
    readValue: (entry: Entry) => unknown,
    { together, alone }: { together(entries: readonly Entry[]): string; alone(entry: Entry): Promise<void> },
  ): Promise<void> {
    let lead = open;
    let gathered: Entry[] = [];
    let units = 0;
    const flush = async () => {
      const piece = gathered.length === 0 ? '' : together(gathered);
      [gathered, units] = [[], 0];
      // Fields without a value are not written.
      if (piece === '') return;
      this.#onPiece(lead);
      lead = ',';
      await this.#put(piece);
    };
    for (const entry of entries) {
      const value = readValue(entry);
      const weight = weigh(value, this.#pieceUnits);
      if (weight < this.#pieceUnits || isWrittenWhole(value)) {
        gathered.push(entry);
        units += weight + valueUnits;
        if (units >= this.#pieceUnits) await flush();
        continue;
      }
      await flush();
      this.#onPiece(lead);
      lead = ',';
      await alone(entry);
    }
    await flush();
    this.#onPiece(lead === open ? `${open}${close}` : close);
  }

  async #put(piece: string): Promise<void> {
    this.#onPiece(piece);
    if (performance.now() < this.#turnEndsMs) return;
    await this.#takeTurn();
    this.#turnEndsMs = performance.now() + turnMs;
  }

  #toJson(value: unknown): string {
    return JSON.stringify(value, this.#replacer);
  }
}

type Field = readonly [name: string, value: unknown];

/** A value without parts, a number that keeps its text, or an object that says itself how it is written. */
function isWrittenWhole(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'string';
  return JSON.isRawJSON(value) || ('toJSON' in value && typeof value.toJSON === 'function');
}

function unwrap(json: string): string {
  return json.slice(1, -1);
}

/** Returns the UTF-16 units of a value, about, or any number from `enough` on. */
function weigh(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return valueUnits;
  let units = valueUnits;
  if (Array.isArray(value)) {
    for (const entry of value) {
      units += weigh(entry, enough - units);
      if (units >= enough) return units;
    }
    return units;
  }
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue;
    units += name.length + weigh((value as Record<string, unknown>)[name], enough - units);
    if (units >= enough) return units;
  }
  return units;
}
