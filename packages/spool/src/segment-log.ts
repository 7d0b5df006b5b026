import { close, fdatasync, ftruncateSync, openSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { syncDirectory } from './durable-file.ts';
import { type Position, type Segment, toSegmentPath } from './segment-files.ts';
import { type WriteBytes, writeFully } from './write.ts';

const syncData = promisify(fdatasync);
const closeFile = promisify(close);

export interface SegmentLogOptions {
  directory: string;
  segmentBytesMax: number;
  write: WriteBytes;
  /** Segments that earlier processes left, oldest first. They are read and dropped, never written to. */
  segments: Segment[];
  /** Number of the segment that this process begins with. */
  firstNumber: number;
}

/** The segment files: appended to at one end, dropped at the other. */
export class SegmentLog {
  readonly #options: SegmentLogOptions;
  readonly #segments: Segment[];
  /** Files no longer written to, until they are flushed and closed. */
  readonly #retired: number[] = [];
  #active: Segment;
  #fd: number;
  #bytes: number;
  #hasNewName = true;
  #isBroken = false;
  #isClosed = false;
  #flushed: Promise<void> = Promise.resolve();

  constructor(options: SegmentLogOptions) {
    this.#options = options;
    this.#active = { number: options.firstNumber, bytes: 0, openIntents: 0 };
    this.#fd = this.#openFile(this.#active.number);
    this.#segments = [...options.segments, this.#active];
    this.#bytes = options.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  /** The oldest segment, unless it is the one being written. */
  get oldestFinished(): Segment | undefined {
    return this.#segments.length > 1 ? this.#segments[0] : undefined;
  }

  /** The segment that is written to. */
  get active(): Segment {
    return this.#active;
  }

  get end(): Position {
    return { segment: this.#active.number, offset: this.#active.bytes };
  }

  /** Writes a record and returns its segment. Throws if the disk rejects it; then nothing of it is in the log. */
  append(record: Buffer): Segment {
    const isFull = this.#active.bytes > 0 && this.#active.bytes + record.length > this.#options.segmentBytesMax;
    if (isFull || this.#isBroken) this.#beginSegment();
    try {
      writeFully(this.#options.write, this.#fd, record);
    } catch (error) {
      this.#cutBack();
      throw error;
    }
    this.#active.bytes += record.length;
    this.#bytes += record.length;
    return this.#active;
  }

  /** Returns the position to continue from: segments that are read to their end are skipped. */
  advance(position: Position): { segment: Segment; offset: number } {
    for (const segment of this.#segments) {
      if (segment.number < position.segment) continue;
      const offset = segment.number === position.segment ? position.offset : 0;
      if (offset < segment.bytes) return { segment, offset };
    }
    return { segment: this.#active, offset: this.#active.bytes };
  }

  /** Everything appended before the call survives the loss of the node when this resolves. */
  flush(): Promise<void> {
    const run = () => this.#flushNow();
    this.#flushed = this.#flushed.then(run, run);
    return this.#flushed;
  }

  async dropOldestFinished(): Promise<void> {
    const oldest = this.oldestFinished;
    if (oldest === undefined) return;
    await unlink(toSegmentPath(this.#options.directory, oldest.number));
    this.#segments.shift();
    this.#bytes -= oldest.bytes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retired.push(this.#fd);
    await this.flush();
  }

  #openFile(number: number): number {
    return openSync(toSegmentPath(this.#options.directory, number), 'ax', 0o600);
  }

  /** Continues in the old file if a new one cannot be created, unless the old one is broken. */
  #beginSegment(): void {
    const number = this.#active.number + 1;
    let fd: number;
    try {
      fd = this.#openFile(number);
    } catch (error) {
      if (this.#isBroken) throw error;
      return;
    }
    this.#retired.push(this.#fd);
    this.#fd = fd;
    this.#active = { number, bytes: 0, openIntents: 0 };
    this.#segments.push(this.#active);
    this.#hasNewName = true;
    this.#isBroken = false;
  }

  /** Without this, the next record would be on the torn line and be lost with it. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#fd, this.#active.bytes);
    } catch {
      this.#isBroken = true;
    }
  }

  async #flushNow(): Promise<void> {
    while (this.#retired[0] !== undefined) {
      await syncData(this.#retired[0]);
      await closeFile(this.#retired[0]);
      this.#retired.shift();
    }
    if (!this.#isClosed) await syncData(this.#fd);
    if (this.#hasNewName) await syncDirectory(this.#options.directory);
    this.#hasNewName = false;
  }
}
