import { AppError } from '@aggregator/contracts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const colon = 0x3a;
const none = Number.POSITIVE_INFINITY;
const emptyBuffer = Buffer.alloc(0);
/** A grown buffer above this is given back once its line is done. */
const keptBytesMax = 65_536;
const defaultEventBytesMax = 5_000_000;

export interface SseParserOptions {
  /** Longest event, in bytes of its unfinished lines and its data. Default 5 MB. */
  eventBytesMax?: number;
  /** True if `heads` is kept. Default false. */
  keepsHeads?: boolean;
}

/**
 * Server-sent events out of bytes as they arrive, cut anywhere: between the bytes of a character, of a line end, of a
 * field name. Only `data` is returned; event names, ids and retry times are skipped, or kept in `heads`. Comments are
 * skipped.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation (read 2026-11).
 *
 * Lines are searched for in the bytes and decoded once they are whole, so a character is never decoded in halves, and
 * what is copied between chunks is at most one unfinished line.
 */
export class SseParser {
  readonly #eventBytesMax: number;
  readonly #keepsHeads: boolean;
  /**
   * Of the events that the last `push` or `end` returned, the lines beside their data (`event`, `id`, `retry`), each with its
   * line end. Empty unless they are kept.
   */
  heads: string[] = [];
  #head = '';
  /** The unfinished line; `#partialLength` bytes of it are in use. */
  #partial: Buffer = emptyBuffer;
  #partialLength = 0;
  /** Data lines of the unfinished event, joined; null before the first. */
  #data: string | null = null;
  /** With the lines of the head, if they are kept. */
  #dataBytes = 0;
  #isFirstLine = true;
  /** The last chunk ended in CR, which has ended its line already: an LF at the start of the next belongs to it. */
  #skipLineFeed = false;

  constructor(options: SseParserOptions = {}) {
    this.#eventBytesMax = options.eventBytesMax ?? defaultEventBytesMax;
    this.#keepsHeads = options.keepsHeads ?? false;
  }

  /** Bytes of the event that is not whole yet. */
  get heldBytes(): number {
    return this.#partialLength + this.#dataBytes;
  }

  /**
   * The `data` of each event that these bytes complete.
   * @throws {AppError} `upstream_invalid_response` if an event is longer than the bound; the parser is of no use then.
   */
  push(bytes: Buffer): string[] {
    const events: string[] = [];
    if (this.#keepsHeads) this.heads = [];
    if (bytes.length === 0) return events;
    let position = 0;
    if (this.#skipLineFeed) {
      this.#skipLineFeed = false;
      if (bytes[0] === lineFeed) position = 1;
    }
    let nextLineFeed = find(bytes, lineFeed, position);
    let nextReturn = find(bytes, carriageReturn, position);
    while (nextLineFeed !== none || nextReturn !== none) {
      const lineEnd = nextLineFeed < nextReturn ? nextLineFeed : nextReturn;
      this.#endLine(bytes, position, lineEnd, events);
      position = lineEnd + 1;
      if (lineEnd === nextReturn) {
        if (position === bytes.length) this.#skipLineFeed = true;
        else if (bytes[position] === lineFeed) position += 1;
        nextReturn = find(bytes, carriageReturn, position);
      }
      if (nextLineFeed < position) nextLineFeed = find(bytes, lineFeed, position);
    }
    if (position < bytes.length) this.#keep(bytes, position, bytes.length);
    return events;
  }

  /**
   * What is left when the bytes end: an event that lacks its closing blank line is returned as it is, since a whole
   * last event without it is common and half a JSON text shows itself.
   */
  end(): string[] {
    const events: string[] = [];
    if (this.#keepsHeads) this.heads = [];
    if (this.#partialLength > 0) this.#endLine(emptyBuffer, 0, 0, events);
    if (this.#data !== null) this.#dispatch(this.#data, events);
    return events;
  }

  #endLine(bytes: Buffer, start: number, end: number, events: string[]): void {
    if (this.#partialLength === 0) {
      this.#takeLine(bytes, start, end, events);
      return;
    }
    this.#keep(bytes, start, end);
    const length = this.#partialLength;
    this.#partialLength = 0;
    this.#takeLine(this.#partial, 0, length, events);
    if (this.#partial.length > keptBytesMax) this.#partial = emptyBuffer;
  }

  #takeLine(bytes: Buffer, lineStart: number, end: number, events: string[]): void {
    let start = lineStart;
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      if (startsWithByteOrderMark(bytes, start, end)) start += 3;
    }
    if (start === end) {
      if (this.#data !== null) this.#dispatch(this.#data, events);
      else this.#endHead();
      return;
    }
    if (!isDataLine(bytes, start, end)) {
      if (this.#keepsHeads && bytes[start] !== colon) this.#addToHead(bytes, start, end);
      return;
    }
    start = Math.min(start + 5, end);
    if (start < end && bytes[start] === space) start += 1;
    this.#dataBytes += end - start;
    if (this.#dataBytes > this.#eventBytesMax) throw this.#tooLong();
    const value = bytes.toString('utf8', start, end);
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
  }

  #dispatch(data: string, events: string[]): void {
    events.push(data);
    if (this.#keepsHeads) this.heads.push(this.#head);
    this.#data = null;
    this.#endHead();
  }

  #endHead(): void {
    this.#head = '';
    this.#dataBytes = 0;
  }

  #addToHead(bytes: Buffer, start: number, end: number): void {
    this.#dataBytes += end - start;
    if (this.#dataBytes > this.#eventBytesMax) throw this.#tooLong();
    this.#head += `${bytes.toString('utf8', start, end)}\n`;
  }

  /** Adds to the unfinished line. The buffer doubles, so that a line in many small chunks is copied a few times only. */
  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#partialLength + end - start;
    if (length + this.#dataBytes > this.#eventBytesMax) throw this.#tooLong();
    if (length > this.#partial.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#partial.length, 1024));
      this.#partial.copy(grown, 0, 0, this.#partialLength);
      this.#partial = grown;
    }
    bytes.copy(this.#partial, this.#partialLength, start, end);
    this.#partialLength = length;
  }

  #tooLong(): AppError {
    return new AppError('upstream_invalid_response', { internal: `event longer than ${this.#eventBytesMax} bytes` });
  }
}

function find(bytes: Buffer, byte: number, from: number): number {
  // The blank line after an event is the commonest find, and needs no search.
  if (bytes[from] === byte) return from;
  const index = bytes.indexOf(byte, from);
  return index === -1 ? none : index;
}

/** True if the field of a line is `data`: the name alone, or the name and a colon. */
function isDataLine(bytes: Buffer, start: number, end: number): boolean {
  return (
    bytes[start] === 0x64 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x74 &&
    bytes[start + 3] === 0x61 &&
    (end - start === 4 || (end - start > 4 && bytes[start + 4] === colon))
  );
}

function startsWithByteOrderMark(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}
