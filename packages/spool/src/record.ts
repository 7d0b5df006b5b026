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
const letters = { intent: 0x69, mark: 0x6d, settlement: 0x73 } as const satisfies Record<RecordKind, number>;

/** Makes records in one buffer that it keeps, so that writing one allocates nothing. */
export class RecordEncoder {
  readonly #buffer = Buffer.allocUnsafe(recordBytesMax + frameBytes);

  /** The record's bytes, good until the next call. Throws `internal_error` if the JSON is longer than `recordBytesMax`. */
  encode(kind: RecordKind, json: string): Buffer {
    if (json.length * 3 > recordBytesMax && Buffer.byteLength(json) > recordBytesMax) {
      throw new AppError('internal_error', { internal: `${kind} of more than ${recordBytesMax} bytes` });
    }
    this.#buffer[crcLength] = letters[kind];
    const end = crcLength + 1 + this.#buffer.write(json, crcLength + 1, 'utf8');
    this.#buffer.write(toCrcText(this.#buffer.subarray(crcLength, end)), 0, 'latin1');
    this.#buffer[end] = lineBreak;
    return this.#buffer.subarray(0, end + 1);
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
