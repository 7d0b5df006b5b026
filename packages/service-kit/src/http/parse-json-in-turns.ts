import { setImmediate as nextTurn } from 'node:timers/promises';
import { isOpaqueField } from '@aggregator/contracts';
import { type JsonBounds, type JsonFigures, notJson } from './json-figures.ts';
import { JsonPieces, type LargeContainer, type LargeEntry, type Range } from './json-pieces.ts';
import { JsonScan } from './json-scan.ts';
import { countNames, decodeJson, parseJson, plain, refuseBrokenText, refuseTwins } from './json-text.ts';
import { requireContent, requireObject } from './parse-json-body.ts';

/** Bytes that are scanned before others have a turn. */
const scanBytes = 512 * 1024;
/** After so long a piece of work others have a turn. */
const turnMs = 4;

/** A large JSON text after its scan, ready to be parsed. */
export interface ScannedJson {
  readonly figures: JsonFigures;
  /** As `parseJsonBody`, with turns for others between pieces of the work. */
  parse(): Promise<Record<string, unknown>>;
}

/**
 * Scans a large body without holding up other requests: turns of a few milliseconds. A single string is one piece, however
 * long it is. @throws {AppError} as `parseJsonBody` does before it parses.
 */
export async function scanJsonInTurns(body: Buffer, bounds: JsonBounds, pieceBytes?: number): Promise<ScannedJson> {
  requireContent(body);
  const pieces = new JsonPieces(body, pieceBytes);
  const scan = new JsonScan(body, bounds, pieces);
  for (let until = scanBytes; !scan.isDone; until += scanBytes) {
    scan.run(until);
    await nextTurn();
  }
  const root = pieces.finish();
  return { figures: scan.figures, parse: () => new PieceParser(body, scan.figures).parse(root) };
}

class PieceParser {
  readonly #body: Buffer;
  readonly #figures: JsonFigures;
  #names = 0;
  #turnEndsMs = performance.now() + turnMs;

  constructor(body: Buffer, figures: JsonFigures) {
    this.#body = body;
    this.#figures = figures;
  }

  async parse(root: Range | LargeContainer): Promise<Record<string, unknown>> {
    const value = requireObject('parts' in root ? await this.#build(root) : await this.#parsePiece(root));
    if (this.#names !== this.#figures.names) throw refuseTwins();
    return value;
  }

  async #build({ isArray, parts }: LargeContainer, isOpaque = false): Promise<unknown> {
    const built: unknown[] | Record<string, unknown> = isArray ? [] : {};
    for (const part of parts) {
      const entries =
        'container' in part
          ? await this.#parseEntry(part, isArray, isOpaque)
          : await this.#parsePiece(part, isArray, isOpaque);
      append(built, entries);
    }
    return built;
  }

  /** A list or an object with the one entry. */
  async #parseEntry({ prefix, container }: LargeEntry, isArray: boolean, isOpaque: boolean) {
    if (isArray) return [await this.#build(container, isOpaque)];
    const [name, ...more] = Object.keys(requireObject(parseJson(`{${this.#read(prefix)}null}`)));
    if (name === undefined || more.length > 0) throw notJson('no name before a value');
    if (this.#figures.hasEscapes) refuseBrokenText(name);
    this.#names += 1;
    const value = await this.#build(container, isOpaque || isOpaqueField(name, container.isArray));
    return Object.defineProperty({}, name, { ...plain, value });
  }

  async #parsePiece(range: Range, isArray?: boolean, isOpaque = false): Promise<unknown> {
    const text = this.#read(range);
    await this.#breathe();
    const value = parseJson(isArray === undefined ? text : isArray ? `[${text}]` : `{${text}}`, isOpaque);
    // A comma was before or behind it: a piece without an entry is a comma too many.
    if (isArray !== undefined && isEmpty(value)) throw notJson('no value behind a comma');
    this.#names += countNames(value);
    if (this.#figures.hasEscapes) refuseBrokenText(value);
    await this.#breathe();
    return value;
  }

  #read({ start, end }: Range): string {
    return decodeJson(this.#body.subarray(start, end));
  }

  async #breathe(): Promise<void> {
    if (performance.now() < this.#turnEndsMs) return;
    await nextTurn();
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
