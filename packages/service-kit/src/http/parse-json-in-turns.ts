import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  bodyPlace,
  hasBrokenText,
  isBroken,
  isOwnName,
  mendText,
  placeOf,
  requireForwarded,
  type TextPlace,
  type TextUse,
} from './broken-text.ts';
import { type JsonBounds, type JsonFigures, notJson } from './json-figures.ts';
import { JsonPieces, type LargeContainer, type LargeEntry, type Range } from './json-pieces.ts';
import { JsonScan } from './json-scan.ts';
import { countNames, decodeJson, parseJson, plain, refuseTwins } from './json-text.ts';
import { requireContent, requireObject } from './parse-json-body.ts';

/** Bytes that are scanned before others have a turn. */
const scanBytes = 512 * 1024;
/** After so long a piece of work others have a turn. */
const turnMs = 4;

export interface TurnOptions {
  /** Resolves when the work may continue; at the next iteration of the event loop unless given. */
  readonly takeTurn?: () => Promise<void>;
  /** Bytes after which a piece ends at the next comma. */
  readonly pieceBytes?: number;
}

/** A large JSON text after its scan, ready to be parsed. */
export interface ScannedJson {
  readonly figures: JsonFigures;
  /** As `parseJsonBody`, with turns for others between pieces of the work. */
  parse(use?: TextUse): Promise<Record<string, unknown>>;
}

/**
 * Scans a large body without holding up other requests: turns of a few milliseconds. A single string is parsed in one piece,
 * however long it is. @throws {AppError} as `parseJsonBody` does before it parses.
 */
export async function scanJsonInTurns(
  body: Buffer,
  bounds: JsonBounds,
  { takeTurn = nextTurn, pieceBytes }: TurnOptions = {},
): Promise<ScannedJson> {
  requireContent(body);
  const pieces = new JsonPieces(body, pieceBytes);
  const scan = new JsonScan(body, bounds, pieces);
  for (let until = scanBytes; !scan.isDone; until += scanBytes) {
    scan.run(until);
    await takeTurn();
  }
  const root = pieces.finish();
  const { figures } = scan;
  return { figures, parse: (use = 'stored') => new PieceParser(body, figures, use, takeTurn).parse(root) };
}

class PieceParser {
  readonly #body: Buffer;
  readonly #figures: JsonFigures;
  readonly #use: TextUse;
  readonly #takeTurn: () => Promise<void>;
  #names = 0;
  #turnEndsMs = performance.now() + turnMs;

  constructor(body: Buffer, figures: JsonFigures, use: TextUse, takeTurn: () => Promise<void>) {
    this.#takeTurn = takeTurn;
    this.#body = body;
    this.#figures = figures;
    this.#use = use;
  }

  async parse(root: Range | LargeContainer): Promise<Record<string, unknown>> {
    const value = requireObject(
      'parts' in root ? await this.#build(root, bodyPlace) : await this.#parsePiece(root, bodyPlace),
    );
    if (this.#names !== this.#figures.names) throw refuseTwins();
    return value;
  }

  async #build({ isArray, parts }: LargeContainer, place: TextPlace): Promise<unknown> {
    const built: unknown[] | Record<string, unknown> = isArray ? [] : {};
    for (const part of parts) {
      const from = Array.isArray(built) ? built.length : null;
      const entries =
        'container' in part ? await this.#parseEntry(part, place, from) : await this.#parsePiece(part, place, from);
      append(built, entries);
    }
    return built;
  }

  /** A list or an object with the one entry. */
  async #parseEntry({ prefix, container }: LargeEntry, parent: TextPlace, from: number | null) {
    if (from !== null) return [await this.#build(container, placeOf(parent, from, container.isArray))];
    const [name, ...more] = Object.keys(requireObject(parseJson(`{${this.#read(prefix)}null}`, false)));
    if (name === undefined || more.length > 0) throw notJson('no name before a value');
    const place = placeOf(parent, name, container.isArray);
    if (this.#figures.hasEscapes && isBroken(name)) requireForwarded(this.#use, isOwnName(parent), place);
    this.#names += 1;
    const value = await this.#build(container, place);
    return Object.defineProperty({}, name, { ...plain, value });
  }

  /** `from` is the number of the first entry in a list, null in an object; absent for the whole body. */
  async #parsePiece(range: Range, place: TextPlace, from?: number | null): Promise<unknown> {
    const text = this.#read(range);
    await this.#breathe();
    const whole = from === undefined ? text : from === null ? `{${text}}` : `[${text}]`;
    const value = parseJson(whole, this.#figures.hasUnusualNumbers, place.isOpaque);
    // A comma was before or behind it: a piece without an entry is a comma too many.
    if (from !== undefined && isEmpty(value)) throw notJson('no value behind a comma');
    this.#names += countNames(value);
    if (this.#figures.hasEscapes && hasBrokenText(value)) mendText(value, this.#use, place, from ?? 0);
    await this.#breathe();
    return value;
  }

  #read({ start, end }: Range): string {
    return decodeJson(this.#body.subarray(start, end));
  }

  async #breathe(): Promise<void> {
    if (performance.now() < this.#turnEndsMs) return;
    await this.#takeTurn();
    this.#turnEndsMs = performance.now() + turnMs;
  }
}

function append(built: unknown[] | Record<string, unknown>, entries: unknown): void {
  if (Array.isArray(built)) {
    if (Array.isArray(entries)) for (const entry of entries) built.push(entry);
    return;
  }
  for (const [name, value] of Object.entries(requireObject(entries))) {
    if (Object.hasOwn(built, name)) throw refuseTwins();
    if (name === '__proto__') Object.defineProperty(built, name, { ...plain, value });
    else built[name] = value;
  }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(requireObject(value)).length === 0;
}
