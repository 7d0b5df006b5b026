import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/**
 * Standard output, some lines at a time: a pipe is written synchronously, so a write for each line would stop every request for
 * as long as the reader takes. What is written waits until `flush`.
 */
export class LineOutput extends Writable {
  readonly #descriptor: number;
  #waiting = '';

  constructor(descriptor: number) {
    super({ decodeStrings: false });
    this.#descriptor = descriptor;
  }

  /** Logs never end a process: where the reader is gone or cannot take more just now, the lines are dropped. */
  flush(): void {
    let left = Buffer.from(this.#waiting);
    this.#waiting = '';
    try {
      while (left.length > 0) left = left.subarray(writeSync(this.#descriptor, left));
    } catch {
      // EPIPE or EAGAIN: see above.
    }
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#waiting += String(chunk);
    done();
  }
}
