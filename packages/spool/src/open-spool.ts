import { writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { readCursor } from './cursor.ts';
import { FileSpool } from './file-spool.ts';
import { raiseEpoch } from './identity.ts';
import { lockSpool } from './lock-spool.ts';
import type { Spool, SpoolOptions } from './port.ts';
import { recover } from './recover.ts';
import { Reserve } from './reserve.ts';
import { SegmentLog } from './segment-log.ts';
import type { WriteBytes } from './write.ts';

const reserveShare = 0.05;
const reserveBytesMax = 16 * 1024 * 1024;
/** Room for what a start writes before anything is shipped: lock, identity, cursor and a first segment. */
const startReserveBytes = 256 * 1024;

/**
 * Opens the directory, recovers what earlier processes left and begins to ship it. Throws `conflict` if another live
 * process, or this one, has it open; RangeError on options that cannot work.
 */
export function openSpool(options: SpoolOptions): Promise<Spool> {
  return openSpoolThrough(options, writeSync);
}

/** As `openSpool`, with the disk's `write` in the caller's hands. */
export async function openSpoolThrough(options: SpoolOptions, write: WriteBytes): Promise<Spool> {
  checkOptions(options);
  const { directory, bytesMax, segmentBytesMax, onError } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const reserveBytes = Math.min(Math.ceil(bytesMax * reserveShare), reserveBytesMax);
  const reserve = new Reserve(directory, 'reserve', reserveBytes, write);
  const startReserve = new Reserve(directory, 'start-reserve', Math.min(startReserveBytes, reserveBytes), write);
  const open = async () => {
    const lock = lockSpool(directory);
    try {
      const identity = await raiseEpoch(directory);
      const cursor = await readCursor(directory);
      const recovered = await recover(directory, cursor, onError);
      const { segments } = recovered;
      const firstNumber = Math.max(cursor.segment, segments.at(-1)?.number ?? 0) + 1;
      const log = new SegmentLog({ directory, segmentBytesMax, write, segments, firstNumber });
      startReserve.tryHold();
      reserve.tryHold();
      return new FileSpool({ options, identity, cursor, recovered, log, reserve, startReserve, lock });
    } catch (error) {
      lock.release();
      throw error;
    }
  };
  try {
    return await open();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    // Records that are already settled must leave a full disk, and only a spool that is open ships them (I11).
    startReserve.release();
    return await open();
  }
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function checkOptions({ bytesMax, segmentBytesMax, flushIntervalMs, shipBatchMax }: SpoolOptions): void {
  for (const [name, value] of Object.entries({ bytesMax, segmentBytesMax, flushIntervalMs, shipBatchMax })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, not a whole number above 0`);
  }
  // The segment being written cannot be deleted: were it most of the space, a full spool would stay full.
  if (segmentBytesMax * 4 > bytesMax) throw new RangeError('segmentBytesMax is more than a quarter of bytesMax');
}
