import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const flushIntervalMs = 50;
const flushCharacters = 32 * 1024;

/**
 * Standard output, some lines at a time. A pipe is written synchronously, so a write for each line would stop every request
 * for as long as whoever reads takes; one for many lines costs what one costs. What waits is written when the process ends
 * by itself; a kill loses at most the last 50 ms of telling, and nothing else.
 */
export function createBatchedOutput(descriptor: number): Writable {
  let waiting = '';
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const text = waiting;
    waiting = '';
    writeAll(descriptor, text);
  };
  process.once('exit', flush);

  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      waiting += String(chunk);
      if (waiting.length >= flushCharacters) flush();
      else if (timer === null) {
        timer = setTimeout(flush, flushIntervalMs);
        timer.unref();
      }
      done();
    },
    destroy(error, done) {
      process.off('exit', flush);
      flush();
      done(error);
    },
  });
}

/** Logs never end a process: where the reader is gone or cannot take more just now, the lines are dropped. */
function writeAll(descriptor: number, text: string): void {
  let left = Buffer.from(text);
  try {
    while (left.length > 0) left = left.subarray(writeSync(descriptor, left));
  } catch {
    // EPIPE or EAGAIN: see above.
  }
}
