import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '@aggregator/contracts';
import { z } from 'zod';
import { OpenIntents } from './open-intents.ts';
import type { AbandonedIntent, SpoolDamage, SpoolIntent } from './port.ts';
import { chunkBytes, type PlacedRecord, readRecords } from './read-records.ts';
import { listSegments, type Position, type Segment, toSegmentPath } from './segment-files.ts';

export interface Recovered {
  segments: Segment[];
  openIntents: OpenIntents;
  /** The same intents parsed, oldest first. */
  abandonedIntents: AbandonedIntent[];
  unshippedSettlements: number;
  damage: SpoolDamage;
}

/** Looser than the port's schema: its CRC says that it is what was written, and an intent must not be lost to its form. */
const writtenIntent = z.object({ eventId: z.string(), time: z.string(), body: z.json() });
const writtenMark = z.object({ eventId: z.string(), mark: z.string() });
const writtenSettlement = z.object({ eventId: z.string() });

/**
 * Reads the whole log as earlier processes left it. A record that a crash tore at a segment's end is cut
 * away; a damaged record in the middle is skipped. Both are counted and reported.
 */
export async function recover(
  directory: string,
  cursor: Position,
  onError: (error: unknown) => void,
): Promise<Recovered> {
  const recovery = new Recovery(cursor, onError);
  for (const number of await listSegments(directory)) {
    const handle = await open(toSegmentPath(directory, number), 'r+');
    try {
      await recovery.readSegment(handle, number);
    } finally {
      await handle.close();
    }
  }
  return recovery.finish();
}

class Recovery {
  readonly #cursor: Position;
  readonly #onError: (error: unknown) => void;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  readonly #segments: Segment[] = [];
  readonly #openIntents = new OpenIntents();
  readonly #intents = new Map<string, SpoolIntent>();
  /** By event id, also of intents that were carried forward behind their marks. */
  readonly #marks = new Map<string, string>();
  readonly #damage = { tornRecords: 0, corruptRecords: 0 };
  #unshipped = 0;

  constructor(cursor: Position, onError: (error: unknown) => void) {
    this.#cursor = cursor;
    this.#onError = onError;
  }

  async readSegment(handle: FileHandle, number: number): Promise<void> {
    const { size } = await handle.stat();
    const segment: Segment = { number, bytes: 0, openIntents: 0 };
    this.#segments.push(segment);
    let corruptOffsets: number[] = [];
    for (let position = 0; position < size; ) {
      const read = await readRecords(handle, this.#buffer, position, size);
      corruptOffsets = corruptOffsets.concat(read.corruptOffsets);
      for (const record of read.records) {
        segment.bytes = record.end;
        if (!this.#takeRecord(segment, record)) corruptOffsets.push(record.offset);
      }
      if (read.end === position) break;
      position = read.end;
    }
    for (const offset of corruptOffsets) if (offset < segment.bytes) this.#reportCorrupt(number, offset);
    if (segment.bytes < size) await this.#cutTail(handle, segment, size);
  }

  finish(): Recovered {
    return {
      segments: this.#segments,
      openIntents: this.#openIntents,
      // An intent that was carried forward is behind younger ones in the log, so they are sorted by time.
      abandonedIntents: [...this.#intents.values()]
        .map((intent) => ({ ...intent, mark: this.#marks.get(intent.eventId) ?? null }))
        .sort((left, right) => Date.parse(left.time) - Date.parse(right.time)),
      unshippedSettlements: this.#unshipped,
      damage: this.#damage,
    };
  }

  /** False if the record is whole but its content does not fit its kind. */
  #takeRecord(segment: Segment, record: PlacedRecord): boolean {
    const json = record.json.toString();
    try {
      if (record.kind === 'intent') this.#openIntent(segment, json);
      else if (record.kind === 'mark') this.#takeMark(json);
      else this.#closeIntent(writtenSettlement.parse(JSON.parse(json)).eventId);
    } catch {
      return false;
    }
    const isShipped =
      segment.number < this.#cursor.segment ||
      (segment.number === this.#cursor.segment && record.offset < this.#cursor.offset);
    if (record.kind === 'settlement' && !isShipped) this.#unshipped += 1;
    return true;
  }

  #openIntent(segment: Segment, json: string): void {
    const intent = writtenIntent.parse(JSON.parse(json));
    this.#openIntents.place(intent.eventId, json, segment);
    this.#intents.set(intent.eventId, intent);
    const mark = this.#marks.get(intent.eventId);
    if (mark !== undefined) this.#openIntents.mark(intent.eventId, toMarkJson(intent.eventId, mark));
  }

  #takeMark(json: string): void {
    const { eventId, mark } = writtenMark.parse(JSON.parse(json));
    this.#marks.set(eventId, mark);
    this.#openIntents.mark(eventId, json);
  }

  #closeIntent(eventId: string): void {
    this.#openIntents.remove(eventId);
    this.#intents.delete(eventId);
    this.#marks.delete(eventId);
  }

  #reportCorrupt(segment: number, offset: number): void {
    this.#damage.corruptRecords += 1;
    this.#onError(toDamageError(`corrupt record in segment ${segment} at byte ${offset}, passed over`));
  }

  async #cutTail(handle: FileHandle, segment: Segment, size: number): Promise<void> {
    await handle.truncate(segment.bytes);
    this.#damage.tornRecords += 1;
    this.#onError(toDamageError(`torn record of ${size - segment.bytes} bytes cut off segment ${segment.number}`));
  }
}

export function toMarkJson(eventId: string, mark: string): string {
  return JSON.stringify({ eventId, mark });
}

export function toDamageError(internal: string): AppError {
  return new AppError('internal_error', { internal: `spool: ${internal}` });
}
