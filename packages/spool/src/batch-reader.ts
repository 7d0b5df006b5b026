import { type FileHandle, open } from 'node:fs/promises';
import type { UsageRecorded } from '@aggregator/contracts';
import { chunkBytes, readRecords } from './read-records.ts';
import { toDamageError } from './recover.ts';
import { type Position, toSegmentPath } from './segment-files.ts';
import type { SegmentLog } from './segment-log.ts';

export interface Batch {
  events: UsageRecorded[];
  /** Everything before this is in the batch or needs no shipping. */
  end: Position;
}

/** Reads settlements out of the log in the order they were written, a bounded number of bytes at a time. */
export class BatchReader {
  readonly #directory: string;
  readonly #log: SegmentLog;
  readonly #onError: (error: unknown) => void;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #handle: FileHandle | undefined;
  #segment = 0;

  constructor(directory: string, log: SegmentLog, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#log = log;
    this.#onError = onError;
  }

  /** The next settlements after `from`, at most `batchMax`; none where the log ends. */
  async read(from: Position, batchMax: number): Promise<Batch> {
    let end = from;
    for (;;) {
      const { segment, offset } = this.#log.advance(end);
      end = { segment: segment.number, offset };
      if (segment.number !== this.#segment) await this.close();
      if (offset >= segment.bytes) return { events: [], end };
      const events: UsageRecorded[] = [];
      end = { segment: segment.number, offset: await this.#readInto(events, segment, offset, batchMax) };
      if (events.length > 0) return { events, end };
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #readInto(
    events: UsageRecorded[],
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
      const event: UsageRecorded = JSON.parse(record.json.toString());
      events.push(event);
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
