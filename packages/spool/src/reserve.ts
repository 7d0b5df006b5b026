import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type WriteBytes, writeFully } from './write.ts';

const blockBytes = 64 * 1024;

/**
 * A file that does nothing but occupy space. When the disk is full it is given up, and what was in flight is written in
 * its place.
 */
export class Reserve {
  readonly #path: string;
  readonly #bytes: number;
  readonly #write: WriteBytes;
  #isHeld = false;

  constructor(directory: string, name: string, bytes: number, write: WriteBytes) {
    this.#path = join(directory, name);
    this.#bytes = bytes;
    this.#write = write;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Occupies the space if the disk has it. Returns true if the space is held now. */
  tryHold(): boolean {
    if (this.#isHeld || this.#hasFile()) {
      this.#isHeld = true;
      return true;
    }
    try {
      this.#fill();
      this.#isHeld = true;
    } catch {
      this.release();
    }
    return this.#isHeld;
  }

  /** Never throws: on a disk that takes nothing at all there is nothing to free. */
  release(): void {
    this.#isHeld = false;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // The next attempt to hold it finds the file, or creates it again.
    }
  }

  #hasFile(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes;
  }

  /** Random bytes, since a file system that compresses would keep no space for zeros. */
  #fill(): void {
    const block = randomBytes(Math.min(blockBytes, this.#bytes));
    const fd = openSync(this.#path, 'w', 0o600);
    try {
      for (let left = this.#bytes; left > 0; left -= block.length) {
        writeFully(this.#write, fd, block.subarray(0, Math.min(left, block.length)));
      }
    } finally {
      closeSync(fd);
    }
  }
}
