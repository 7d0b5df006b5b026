/**
 * Bytes of a body, gathered in blocks of one size. A client chooses how many pieces its body has, and each piece that is kept
 * as it comes costs an object and the whole buffer that it was read into.
 */
export class BlockList {
  readonly #blockBytes: number;
  readonly #blocks: Buffer[] = [];
  readonly #expectedBytes: number | null;
  /** Used bytes of the last block. */
  #used = 0;
  #length = 0;

  /** `expectedBytes` is null if the length is not known. */
  constructor(expectedBytes: number | null, blockBytes: number) {
    this.#expectedBytes = expectedBytes;
    this.#blockBytes = blockBytes;
  }

  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    if (this.#length === 0 && chunk.length === this.#expectedBytes) {
      this.#blocks.push(chunk);
      this.#used = chunk.length;
      this.#length = chunk.length;
      return;
    }
    for (let from = 0; from < chunk.length; ) {
      let block = this.#blocks.at(-1);
      if (block === undefined || this.#used === block.length) {
        const rest = (this.#expectedBytes ?? Number.POSITIVE_INFINITY) - this.#length;
        block = Buffer.allocUnsafe(rest > 0 ? Math.min(this.#blockBytes, rest) : this.#blockBytes);
        this.#blocks.push(block);
        this.#used = 0;
      }
      const copied = chunk.copy(block, this.#used, from);
      from += copied;
      this.#used += copied;
      this.#length += copied;
    }
  }

  /** Returns the blocks and forgets them. */
  take(): Buffer[] {
    const blocks = this.#blocks.splice(0);
    const last = blocks.at(-1);
    if (last !== undefined) blocks[blocks.length - 1] = last.subarray(0, this.#used);
    return blocks;
  }
}
