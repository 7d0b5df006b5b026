import { Readable } from 'node:stream';
import type { Share } from '@aggregator/service-kit';
import type { BlockList } from './block-list.ts';

/** A body that has arrived whole, with its room in the pool. */
export class ReceivedBody {
  readonly length: number;
  readonly #blocks: Buffer[];
  readonly #share: Share;

  constructor(blocks: BlockList, share: Share) {
    this.length = blocks.length;
    this.#blocks = blocks.take();
    this.#share = share;
  }

  /**
   * Returns what undici sends: null if there is no body, one buffer if it is one block, so that head and body leave in one
   * write, else the blocks in turn, whose room is given back as they leave. May be called again as long as no block has left.
   */
  toDispatch(): Buffer | Readable | null {
    if (this.length === 0) return null;
    return this.#blocks.length === 1
      ? (this.#blocks[0] ?? null)
      : Readable.from(this.takeBlocks(), { objectMode: false });
  }

  /** Returns a copy of the whole body, before a block has left. */
  toBuffer(): Buffer {
    return Buffer.concat(this.#blocks);
  }

  /** Yields the blocks in turn, and gives back the room of each as the next one is taken. */
  *takeBlocks(): Generator<Buffer> {
    for (let block = this.#blocks.shift(); block !== undefined; block = this.#blocks.shift()) {
      yield block;
      this.#share.give(block.length);
    }
  }

  /** Gives back the room. */
  close(): void {
    this.#blocks.length = 0;
    this.#share.close();
  }
}
