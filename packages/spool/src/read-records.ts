import type { FileHandle } from 'node:fs/promises';
import { decodeRecord, frameBytes, type RecordKind, recordBytesMax } from './record.ts';

/** Bytes read at once; holds the longest record several times. */
export const chunkBytes = 4 * (recordBytesMax + frameBytes);

export interface PlacedRecord {
  kind: RecordKind;
  /** A view into the reader's buffer, good until the next read. */
  json: Buffer;
  offset: number;
  /** Offset of the next record. */
  end: number;
}

export interface RecordsRead {
  records: PlacedRecord[];
  /** Offsets of lines that differ from what was written. */
  corruptOffsets: number[];
  /** Offset to continue from; equal to the first offset if the rest is no whole line. */
  end: number;
}

/** Reads the records that begin in one chunk of a segment, from `from` and not beyond `to`. */
export async function readRecords(handle: FileHandle, buffer: Buffer, from: number, to: number): Promise<RecordsRead> {
  const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - from), from);
  const chunk = buffer.subarray(0, bytesRead);
  const read: RecordsRead = { records: [], corruptOffsets: [], end: from };
  for (let start = 0; start < bytesRead; ) {
    const lineEnd = chunk.indexOf('\n', start);
    if (lineEnd === -1) break;
    const record = decodeRecord(chunk.subarray(start, lineEnd));
    if (record === null) read.corruptOffsets.push(from + start);
    else read.records.push({ ...record, offset: from + start, end: from + lineEnd + 1 });
    start = lineEnd + 1;
    read.end = from + start;
  }
  if (read.end === from && bytesRead === buffer.length) {
    // No record is as long as a chunk: all of it is damage, and the next line break is further on.
    read.corruptOffsets.push(from);
    read.end = from + bytesRead;
  }
  return read;
}
