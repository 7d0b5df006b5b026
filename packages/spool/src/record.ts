import { crc32 } from 'node:zlib';
import { AppError } from '@aggregator/contracts';

/**
 * One record is one line: the CRC-32 of what follows in eight hex digits, a letter for its kind, its JSON, a line break.
 * JSON text has no line breaks, so after damage the next line is whole again.
 */
export type RecordKind = 'intent' | 'mark' | 'settlement';

/** Longest JSON of a record, in bytes. */
export const recordBytesMax = 64 * 1024;
export const frameBytes = 10;

const crcLength = 8;
const lineBreak = 0x0a;
const hexDigits = Buffer.from('0123456789abcdef');
const letters = { intent: 0x69, mark: 0x6d, settlement: 0x73 } as const satisfies Record<RecordKind, number>;

/** Records that fit in one buffer for certain. */
const recordsMin = 4;

/** Makes records in one buffer that it keeps, one behind another, so that writing them allocates nothing. */
export class RecordEncoder {
  readonly #buffer = Buffer.allocUnsafe(recordsMin * (recordBytesMax + frameBytes));
  #length = 0;

  /** Bytes of the records so far. */
  get length(): number {
    return this.#length;
  }

  /** The records so far, good until the next one. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** True if two more records fit, however long they are. */
  get hasRoom(): boolean {
    return this.#length <= (recordsMin - 2) * (recordBytesMax + frameBytes);
  }

  /** Adds a record. Throws `internal_error`, and adds nothing, if the JSON is longer than `recordBytesMax`. */
  add(kind: RecordKind, json: string): void {
    this.#length = this.#put(kind, json, this.#length);
  }

  /** Keeps the first `length` bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** The bytes of one record alone, good until the next. Otherwise as `add`. */
  encode(kind: RecordKind, json: string): Buffer {
    this.cut(0);
    this.add(kind, json);
    return this.bytes;
  }

  /** Returns the position behind the record. */
  #put(kind: RecordKind, json: string, start: number): number {
    requireFitting(kind, json);
    const checked = start + crcLength;
    this.#buffer[checked] = letters[kind];
    const end = checked + 1 + this.#buffer.write(json, checked + 1, 'utf8');
    this.#putCrc(crc32(this.#buffer.subarray(checked, end)), start);
    this.#buffer[end] = lineBreak;
    return end + 1;
  }

  /** Digit by digit: a text of them would be made and copied for each record. */
  #putCrc(crc: number, start: number): void {
    for (let digit = 0; digit < crcLength; digit += 1) {
      this.#buffer[start + digit] = hexDigits[(crc >>> (28 - 4 * digit)) & 0xf] ?? 0;
    }
  }
}

/** Throws `internal_error` if the JSON is longer than `recordBytesMax`. */
export function requireFitting(kind: RecordKind, json: string): void {
  if (json.length * 3 > recordBytesMax && Buffer.byteLength(json) > recordBytesMax) {
    throw new AppError('internal_error', { internal: `${kind} of more than ${recordBytesMax} bytes` });
  }
}

/** Returns the kind and JSON of a line without its line break; null if the line differs from what was written. */
export function decodeRecord(line: Buffer): { kind: RecordKind; json: Buffer } | null {
  if (line.length <= crcLength) return null;
  const checked = line.subarray(crcLength);
  if (line.toString('latin1', 0, crcLength) !== toCrcText(checked)) return null;
  const json = checked.subarray(1);
  if (checked[0] === letters.intent) return { kind: 'intent', json };
  if (checked[0] === letters.mark) return { kind: 'mark', json };
  return checked[0] === letters.settlement ? { kind: 'settlement', json } : null;
}

function toCrcText(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(crcLength, '0');
}
