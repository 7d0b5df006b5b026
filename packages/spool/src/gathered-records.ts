import type { AppError, UsageRecorded } from '@aggregator/contracts';
import type { WrittenSettlement } from './recent-settlements.ts';
import { RecordEncoder } from './record.ts';
import type { Position } from './segment-files.ts';

/** A mark that waits for the end of the turn, behind its intent if that is not written yet. */
export interface GatheredMark {
  readonly eventId: string;
  /** Null if the intent is in the log. */
  readonly intentJson: string | null;
  readonly markJson: string;
  /** What the disk said; null until it was written or rejected. */
  outcome: 'written' | AppError | null;
}

/** Settlements and marks of one turn of the event loop, as the bytes of one write, in the order in which they came. */
export class GatheredRecords {
  readonly #encoder = new RecordEncoder();
  /** `end` is in the bytes that are gathered. */
  #settlements: { readonly event: UsageRecorded; readonly json: string; readonly end: number }[] = [];
  #marks: GatheredMark[] = [];
  #markBytes = 0;

  #gone: PromiseWithResolvers<void> | null = null;

  get isEmpty(): boolean {
    return this.#encoder.length === 0;
  }

  /** Bytes of the settlements. */
  get settlementBytes(): number {
    return this.#encoder.length - this.#markBytes;
  }

  get bytes(): Buffer {
    return this.#encoder.bytes;
  }

  /** True if they have to be written now: two more records may not fit, or they are more than `bytesMax`. */
  isFull(bytesMax: number): boolean {
    return !this.#encoder.hasRoom || this.#encoder.length > bytesMax;
  }

  add(event: UsageRecorded, json: string): void {
    this.#encoder.add('settlement', json);
    this.#settlements.push({ event, json, end: this.#encoder.length });
  }

  addMark(eventId: string, intentJson: string | null, markJson: string): GatheredMark {
    const { length } = this.#encoder;
    if (intentJson !== null) this.#encoder.add('intent', intentJson);
    this.#encoder.add('mark', markJson);
    this.#markBytes += this.#encoder.length - length;
    const mark: GatheredMark = { eventId, intentJson, markJson, outcome: null };
    this.#marks.push(mark);
    return mark;
  }

  /** Calls `write` with all that is gathered and, behind it, an intent and its mark. If that throws, those two are left out. */
  writeWith(intentJson: string, markJson: string, write: (bytes: Buffer) => void): void {
    const { length } = this.#encoder;
    try {
      this.#encoder.add('intent', intentJson);
      this.#encoder.add('mark', markJson);
      write(this.#encoder.bytes);
    } catch (error) {
      this.#encoder.cut(length);
      throw error;
    }
  }

  /** Returns what was written last, up to `end`, and forgets it. */
  takeWritten({ segment, offset }: Position): { settlements: WrittenSettlement[]; marks: readonly GatheredMark[] } {
    const start = offset - this.#encoder.length;
    const settlements = this.#settlements.map(({ event, json, end }) => ({
      event,
      json,
      end: { segment, offset: start + end },
    }));
    const marks = this.#marks;
    this.#clear();
    return { settlements, marks };
  }

  /** Returns the marks and leaves the settlements. */
  takeMarks(): readonly GatheredMark[] {
    const marks = this.#marks;
    if (marks.length === 0) return marks;
    const settlements = this.#settlements;
    this.#forget();
    for (const { event, json } of settlements) this.add(event, json);
    return marks;
  }

  /** Returns the JSON of the settlements, and forgets all. */
  takeTexts(): string[] {
    const texts = this.#settlements.map(({ json }) => json);
    this.#clear();
    return texts;
  }

  /** Resolves when those of now were written, or are kept elsewhere. */
  async whenGone(): Promise<void> {
    if (this.isEmpty) return;
    this.#gone ??= Promise.withResolvers();
    await this.#gone.promise;
  }

  #clear(): void {
    this.#forget();
    this.#gone?.resolve();
    this.#gone = null;
  }

  #forget(): void {
    this.#settlements = [];
    this.#marks = [];
    this.#markBytes = 0;
    this.#encoder.cut(0);
  }
}
