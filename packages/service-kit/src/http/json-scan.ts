import { depthMax, type JsonBounds, type JsonFigures, notJson, requireBounds, tooDeep } from './json-figures.ts';
import type { JsonPieces } from './json-pieces.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const letterU = 0x75;
/** Behind so many bytes of a string its end is searched for by the platform, which is faster for long ones. */
const plainSteps = 48;

/**
 * Walks the bytes of a JSON text once, in as many runs as its caller likes, before anything is parsed. Counts, and refuses
 * what is nested too deep or has too many values: both parse cheaply and cost much later. A large text is cut into pieces.
 */
export class JsonScan {
  readonly #body: Buffer;
  readonly #bounds: JsonBounds;
  readonly #pieces: JsonPieces | null;
  #at = 0;
  #depth = 0;
  #containers = 0;
  #commas = 0;
  #names = 0;
  #hasEscapes = false;
  /** The next ones at or behind `#at`, as far as they are known. */
  #quoteAt = -1;
  #backslashAt = -1;

  constructor(body: Buffer, bounds: JsonBounds, pieces: JsonPieces | null = null) {
    this.#body = body;
    this.#bounds = bounds;
    this.#pieces = pieces;
  }

  get isDone(): boolean {
    return this.#at >= this.#body.length;
  }

  get figures(): JsonFigures {
    return {
      bytes: this.#body.length,
      containers: this.#containers,
      values: this.#commas + this.#containers,
      names: this.#names,
      hasEscapes: this.#hasEscapes,
    };
  }

  /**
   * Walks up to `until`, or to the end of the string there.
   * @throws {AppError} `invalid_json` for depth, `request_too_large` for the number of values.
   */
  run(until: number): void {
    const body = this.#body;
    const pieces = this.#pieces;
    const end = Math.min(until, body.length);
    let at = this.#at;
    for (; at < end; at += 1) {
      const byte = body[at];
      if (byte === quote) at = this.#skipString(at + 1);
      else if (byte === comma) {
        this.#commas += 1;
        pieces?.separate(at);
      } else if (byte === colon) this.#names += 1;
      else if (byte === openObject || byte === openArray) {
        this.#containers += 1;
        this.#depth += 1;
        if (this.#depth > depthMax) throw tooDeep();
        pieces?.open(at, byte === openArray);
      } else if (byte === closeObject || byte === closeArray) {
        this.#depth -= 1;
        pieces?.close(at, byte === closeArray);
      }
    }
    this.#at = at;
    requireBounds(this.#containers, this.#commas + this.#containers, this.#bounds);
  }

  /** Answers the place of the closing quote. */
  #skipString(from: number): number {
    const body = this.#body;
    let at = from;
    for (;;) {
      const near = Math.min(at + plainSteps, body.length);
      for (; at < near; at += 1) {
        const byte = body[at];
        if (byte === quote) return at;
        if (byte === backslash) {
          at += 1;
          if (body[at] === letterU) this.#hasEscapes = true;
        }
      }
      if (at >= body.length) throw notJson('a string without an end');
      if (this.#quoteAt < at) this.#quoteAt = this.#find(quote, at);
      if (this.#backslashAt < at) this.#backslashAt = this.#find(backslash, at);
      at = Math.min(this.#quoteAt, this.#backslashAt);
    }
  }

  #find(byte: number, from: number): number {
    const found = this.#body.indexOf(byte, from);
    return found === -1 ? this.#body.length : found;
  }
}
