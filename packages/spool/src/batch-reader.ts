import { type FileHandle, open } from 'node:fs/promises';
import type { UsageRecorded } from '@aggregator/contracts';
import { chunkBytes, readRecords } from './read-records.ts';
import { isReached, type RecentSettlements, type WrittenSettlement } from './recent-settlements.ts';
import { toDamageError } from './recover.ts';
import { type Position, toSegmentPath } from './segment-files.ts';
import type { SegmentLog } from './segment-log.ts';

export interface Batch {
  events: UsageRecorded[];
  /** The JSON of each event, as it was written. */
  texts: string[];
  /** Everything before this is in the batch or needs no shipping. */
  end: Position;
  /** It was the log's end when this was read. */
  isAtEnd: boolean;
}

/**
 * Reads settlements out of the log in the order they were written, a bounded number of bytes at a time; those of a moment
 * ago from memory.
 */
export class BatchReader {
  readonly #directory: string;
  readonly #log: SegmentLog;
  readonly #recent: RecentSettlements;
  readonly #onError: (error: unknown) => void;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #handle: FileHandle | undefined;
  #segment = 0;

  constructor(directory: string, log: SegmentLog, recent: RecentSettlements, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#log = log;
    this.#recent = recent;
    this.#onError = onError;
  }

  /** The next settlements after `from`, at most `batchMax`; none at the end of the log. */
  async read(from: Position, batchMax: number): Promise<Batch> {
    const recent = this.#recent.read(from, batchMax);
    if (recent !== null) return this.#takeRecent(recent, batchMax);
    let end = from;
    for (;;) {
      const { segment, offset } = this.#log.advance(end);
      end = { segment: segment.number, offset };
      if (segment.number !== this.#segment) await this.close();
      const batch: Batch = { events: [], texts: [], end, isAtEnd: true };
      if (offset >= segment.bytes) return batch;
      end = { segment: segment.number, offset: await this.#readInto(batch, segment, offset, batchMax) };
      if (batch.events.length > 0) return { ...batch, end, isAtEnd: isReached(this.#log.end, end) };
    }
  }

  /** Everything before `end` is shipped. */
  forgetUntil(end: Position): void {
    this.#recent.forgetUntil(end);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #takeRecent(recent: readonly WrittenSettlement[], batchMax: number): Batch {
    const events = recent.map(({ event }) => event);
    const texts = recent.map(({ json }) => json);
    const last = recent.at(-1);
    // Behind the last of them there are intents at most, unless there are more than a batch.
    const isAtEnd = last === undefined || recent.length < batchMax;
    return { events, texts, end: isAtEnd ? this.#log.end : last.end, isAtEnd };
  }

  async #readInto(
    { events, texts }: Batch,
    segment: { number: number; bytes: number },
    offset: number,
    batchMax: number,
  ): Promise<number> {
    const handle = await this.#use(segment.number);
    const limit = segment.bytes;
    const read = await readRecords(handle, this.#buffer, offset, limit);
    for (const corrupt of read.corruptOffsets) {
      this.#onError(toDamageError(`corrupt record in segment ${segment.number} at byte ${corrupt}, not shipped`));
    }
    for (const record of read.records) {
      if (record.kind !== 'settlement') continue;
      // Checked by its CRC, not by a schema: what an older version wrote must reach the ledger, which judges it.
      const json = record.json.toString();
      const event: UsageRecorded = JSON.parse(json);
      events.push(event);
      texts.push(json);
      if (events.length === batchMax) return record.end;
    }
    return read.end > offset ? read.end : limit;
  }

  async #use(segment: number): Promise<FileHandle> {
    this.#handle ??= await open(toSegmentPath(this.#directory, segment), 'r');
    this.#segment = segment;
    return this.#handle;
  }
}
