import type { UsageRecorded } from '@aggregator/contracts';
import type { WrittenSettlement } from './recent-settlements.ts';
import { RecordEncoder } from './record.ts';
import type { Position } from './segment-files.ts';

/** Settlements of one turn of the event loop, as the bytes of one write. */
export class GatheredSettlements {
  readonly #encoder = new RecordEncoder();
  /** `end` is in the bytes that are gathered. */
  #gathered: { readonly event: UsageRecorded; readonly json: string; readonly end: number }[] = [];

  #gone: PromiseWithResolvers<void> | null = null;

  get isEmpty(): boolean {
    return this.#gathered.length === 0;
  }

  /** Bytes of the settlements and, until it is written or left out, of an intent behind them. */
  get length(): number {
    return this.#encoder.length;
  }

  get bytes(): Buffer {
    return this.#encoder.bytes;
  }

  /** Their JSON. */
  get texts(): string[] {
    return this.#gathered.map(({ json }) => json);
  }

  /** True if they have to be written now: two more records may not fit, or they are more than `bytesMax`. */
  isFull(bytesMax: number): boolean {
    return !this.#encoder.hasRoom || this.#encoder.length > bytesMax;
  }

  add(event: UsageRecorded, json: string): void {
    this.#encoder.add('settlement', json);
    this.#gathered.push({ event, json, end: this.#encoder.length });
  }

  /** Calls `write` with the settlements and, behind them, an intent and its mark. If that throws, only the settlements stay. */
  writeWith<Answer>(intentJson: string, markJson: string, write: (bytes: Buffer) => Answer): Answer {
    const { length } = this.#encoder;
    try {
      this.#encoder.add('intent', intentJson);
      this.#encoder.add('mark', markJson);
      return write(this.#encoder.bytes);
    } catch (error) {
      this.#encoder.cut(length);
      throw error;
    }
  }

  /** Returns the settlements, which were written last, up to `end`, and forgets them. */
  takeWritten({ segment, offset }: Position): WrittenSettlement[] {
    const start = offset - this.#encoder.length;
    const written = this.#gathered.map(({ event, json, end }) => ({
      event,
      json,
      end: { segment, offset: start + end },
    }));
    this.clear();
    return written;
  }

  clear(): void {
    this.#gathered = [];
    this.#encoder.cut(0);
    this.#gone?.resolve();
    this.#gone = null;
  }

  /** Resolves when those of now were written, or are kept elsewhere. */
  async whenGone(): Promise<void> {
    if (this.isEmpty) return;
    this.#gone ??= Promise.withResolvers();
    await this.#gone.promise;
  }
}
