import { notJson } from './json-figures.ts';

/** Bytes of the body, from `start` up to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A container that is too large to be parsed at once: its entries in pieces, and those that are such containers themselves. */
export interface LargeContainer {
  readonly isArray: boolean;
  readonly parts: (Range | LargeEntry)[];
}

export interface LargeEntry {
  /** The bytes before the value: a name and a colon in an object, white space in an array. */
  readonly prefix: Range;
  readonly container: LargeContainer;
}

interface Frame {
  readonly isArray: boolean;
  readonly start: number;
  /** Where the piece begins that is being gathered. */
  pieceStart: number;
  /** Where the entry begins that is being read. */
  entryStart: number;
  large: LargeContainer | null;
  /** Behind a large entry, until the next comma: only white space may follow. */
  largeEnd: number | null;
}

const pieceBytesDefault = 64 * 1024;

/**
 * Cuts a large JSON text at its commas while it is scanned, so that it can be parsed piece by piece. What is between the
 * pieces is judged here; each piece is judged by `JSON.parse`, inside brackets of its container.
 */
export class JsonPieces {
  readonly #body: Buffer;
  /** A piece ends at the first comma behind so many bytes. */
  readonly #pieceBytes: number;
  readonly #frames: Frame[] = [];
  #root: (Range & { readonly large: LargeContainer | null }) | null = null;

  constructor(body: Buffer, pieceBytes = pieceBytesDefault) {
    this.#body = body;
    this.#pieceBytes = pieceBytes;
  }

  /** The whole text: one piece, or a container of several. */
  finish(): Range | LargeContainer {
    if (this.#root === null || this.#frames.length > 0) throw notJson('a container without an end');
    const { start, end, large } = this.#root;
    if (large === null) return { start: 0, end: this.#body.length };
    this.#requireBlank(0, start);
    this.#requireBlank(end, this.#body.length);
    return large;
  }

  open(at: number, isArray: boolean): void {
    if (this.#frames.length === 0 && this.#root !== null) throw notJson('two values');
    const next = at + 1;
    this.#frames.push({ isArray, start: at, pieceStart: next, entryStart: next, large: null, largeEnd: null });
  }

  separate(at: number): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw notJson('a comma outside of containers');
    if (frame.largeEnd !== null) {
      this.#requireBlank(frame.largeEnd, at);
      frame.largeEnd = null;
      frame.pieceStart = at + 1;
    } else if (at - frame.pieceStart >= this.#pieceBytes) {
      partsOf(frame).push({ start: frame.pieceStart, end: at });
      frame.pieceStart = at + 1;
    }
    frame.entryStart = at + 1;
  }

  close(at: number, isArray: boolean): void {
    const frame = this.#frames.pop();
    if (frame === undefined || frame.isArray !== isArray) throw notJson('brackets that do not match');
    const { large, start, largeEnd, pieceStart } = frame;
    if (large !== null) {
      if (largeEnd !== null) this.#requireBlank(largeEnd, at);
      else large.parts.push({ start: pieceStart, end: at });
    }
    const parent = this.#frames.at(-1);
    if (parent === undefined) this.#root = { start, end: at + 1, large };
    else if (large !== null) this.#add(parent, large, start, at + 1);
  }

  #add(parent: Frame, container: LargeContainer, start: number, end: number): void {
    const parts = partsOf(parent);
    if (parent.entryStart > parent.pieceStart) parts.push({ start: parent.pieceStart, end: parent.entryStart - 1 });
    const prefix = { start: parent.entryStart, end: start };
    if (parent.isArray) this.#requireBlank(prefix.start, prefix.end);
    parts.push({ prefix, container });
    parent.largeEnd = end;
  }

  #requireBlank(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const byte = this.#body[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) throw notJson('text between values');
    }
  }
}

function partsOf(frame: Frame): LargeContainer['parts'] {
  frame.large ??= { isArray: frame.isArray, parts: [] };
  return frame.large.parts;
}
