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
const letterE = 0x65;
const capitalE = 0x45;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
/** Characters of an integer that JavaScript writes as it was. */
const usualLength = 15;
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
  #hasUnusual = false;
  /** The last run ended inside a string. */
  #isInString = false;
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
      hasUnusualNumbers: this.#hasUnusual,
    };
  }

  /**
   * Walks up to `until`, also if that is inside a string.
   * @throws {AppError} `invalid_json` for depth and for a string without an end, `request_too_large` for the number of values.
   */
  run(until: number): void {
    const body = this.#body;
    const end = Math.min(until, body.length);
    let at = this.#at;
    if (this.#isInString) at = this.#skipString(at, end);
    while (at < end) {
      const byte = body[at] ?? 0;
      if (byte === quote) at = this.#skipString(at + 1, end);
      else if (isNumberByte(byte)) at = this.#skipNumber(at);
      else {
        this.#walk(byte, at);
        at += 1;
      }
    }
    if (this.#isInString && at >= body.length) throw notJson('a string without an end');
    this.#at = at;
    requireBounds(this.#containers, this.#commas + this.#containers, this.#bounds);
  }

  /** One byte outside of strings and numbers. */
  #walk(byte: number, at: number): void {
    const pieces = this.#pieces;
    if (byte === comma) {
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

  /** Returns the place behind the closing quote, or a place at or behind `end` if the string continues there. */
  #skipString(from: number, end: number): number {
    const body = this.#body;
    let at = from;
    this.#isInString = true;
    while (at < end) {
      const near = Math.min(at + plainSteps, end);
      for (; at < near; at += 1) {
        const byte = body[at];
        if (byte === quote) {
          this.#isInString = false;
          return at + 1;
        }
        if (byte === backslash) {
          at += 1;
          if (body[at] === letterU) this.#hasEscapes = true;
        }
      }
      if (at >= end) break;
      if (this.#quoteAt < at) this.#quoteAt = this.#find(quote, at);
      if (this.#backslashAt < at) this.#backslashAt = this.#find(backslash, at);
      at = Math.min(this.#quoteAt, this.#backslashAt);
    }
    return at;
  }

  #find(byte: number, from: number): number {
    const found = this.#body.indexOf(byte, from);
    return found === -1 ? this.#body.length : found;
  }

  /** Returns the place behind the number. */
  #skipNumber(from: number): number {
    const body = this.#body;
    let at = from;
    let hasPoint = false;
    let isUnusual = false;
    for (; at < body.length; at += 1) {
      const byte = body[at] ?? 0;
      if (byte === point) hasPoint = true;
      else if (byte === letterE || byte === capitalE) isUnusual = true;
      else if (!isNumberByte(byte) && byte !== plus) break;
    }
    const length = at - from;
    const isNegativeZero = length === 2 && body[from] === minus && body[from + 1] === zero;
    // A last 0 behind the point; and a small one, as 0.0000001, which has at least nine characters.
    const isLongFraction = hasPoint && (length > 8 || body[at - 1] === zero);
    if (isUnusual || isNegativeZero || isLongFraction || length > usualLength) this.#hasUnusual = true;
    return at;
  }
}

function isNumberByte(byte: number): boolean {
  return (byte >= zero && byte <= nine) || byte === minus;
}
