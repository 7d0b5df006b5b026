import { OpenMap } from '@aggregator/service-kit';
import type { GatheredMark } from './gathered-records.ts';
import { frameBytes, type RecordEncoder } from './record.ts';
import type { Segment } from './segment-files.ts';
import type { SegmentLog } from './segment-log.ts';

interface OpenIntent {
  /** Null until it is written. */
  readonly segment: Segment | null;
  /** Its record, to be written again further on. */
  readonly json: string;
  /** JSON of its last mark; null if it has none. */
  markJson: string | null;
}

/** Intents without a settlement, each with the segment that must stay because of it. */
export class OpenIntents {
  readonly #intents = new OpenMap<string, OpenIntent>();
  #bytes = 0;
  #unwrittenBytes = 0;

  get size(): number {
    return this.#intents.size;
  }

  /** Roughly what their records take up in the log. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Roughly what those of them will take up that are not written yet. */
  get unwrittenBytes(): number {
    return this.#unwrittenBytes;
  }

  list(): string[] {
    return [...this.#intents].map(([eventId]) => eventId);
  }

  has(eventId: string): boolean {
    return this.#intents.has(eventId);
  }

  /** Adds an intent, or notes that its record is in a later segment now. */
  place(eventId: string, json: string, segment: Segment | null): void {
    const markJson = this.#intents.get(eventId)?.markJson ?? null;
    this.remove(eventId);
    this.#intents.set(eventId, { segment, json, markJson });
    this.#bytes += json.length + frameBytes;
    if (segment === null) this.#unwrittenBytes += json.length + frameBytes;
    else segment.openIntents += 1;
  }

  /** Returns the JSON of an intent that is not written yet, else null. */
  findUnwritten(eventId: string): string | null {
    const intent = this.#intents.get(eventId);
    return intent?.segment === null ? intent.json : null;
  }

  /** Keeps the last mark of an intent; does nothing if it is not open. */
  mark(eventId: string, markJson: string): void {
    const intent = this.#intents.get(eventId);
    if (intent !== undefined) intent.markJson = markJson;
  }

  /** Notes marks that were written, each behind its intent, if that was not in the log yet, in `segment`. */
  noteMarks(marks: readonly GatheredMark[], segment: Segment): void {
    for (const mark of marks) {
      const { eventId, intentJson, markJson } = mark;
      mark.outcome = 'written';
      // A request that was settled in the same turn stays closed.
      const isNew = intentJson !== null && this.findUnwritten(eventId) !== null;
      if (isNew) this.place(eventId, intentJson, segment);
      this.mark(eventId, markJson);
    }
  }

  /** False if it was not open. */
  remove(eventId: string): boolean {
    const intent = this.#intents.get(eventId);
    if (intent === undefined) return false;
    this.#intents.delete(eventId);
    this.#bytes -= intent.json.length + frameBytes;
    if (intent.segment === null) this.#unwrittenBytes -= intent.json.length + frameBytes;
    else intent.segment.openIntents -= 1;
    return true;
  }

  /** Writes the intents that are not written yet. Throws if the disk rejects one; the others count. */
  writePrepared(log: SegmentLog, encoder: RecordEncoder): void {
    if (this.#unwrittenBytes === 0) return;
    for (const [eventId, { segment, json }] of this.#intents) {
      if (segment === null) this.place(eventId, json, log.append(encoder.encode('intent', json)));
    }
  }

  /** Writes the open intents of a segment, and their marks, again at the log's end. Throws if the disk rejects one; the others count. */
  carryForward(from: Segment, log: SegmentLog, encoder: RecordEncoder): void {
    for (const [eventId, { segment, json, markJson }] of this.#intents) {
      if (segment !== from) continue;
      // The mark first: a crash in between must not leave the intent without it.
      if (markJson !== null) log.append(encoder.encode('mark', markJson));
      this.place(eventId, json, log.append(encoder.encode('intent', json)));
    }
  }
}
