import { type Block, BlockSequence, type BlockSink } from './block-sequence.ts';
import { readPieces } from './read-pieces.ts';

export interface WholeBlock {
  readonly block: Block;
  readonly text: string;
  readonly isLast: boolean;
}

/** The blocks of a whole message, in the order in which a stream of it would have had them. */
export function collectBlocks(message: Readonly<Record<string, unknown>>): WholeBlock[] {
  const collector = new BlockCollector();
  const sequence = new BlockSequence(collector);
  for (const piece of readPieces(message)) sequence.take(piece);
  sequence.finish();
  return collector.blocks;
}

class BlockCollector implements BlockSink {
  readonly blocks: WholeBlock[] = [];
  readonly #texts = new Map<number, string>();

  open({ position }: Block): void {
    this.#texts.set(position, '');
  }

  add({ position }: Block, text: string): void {
    this.#texts.set(position, (this.#texts.get(position) ?? '') + text);
  }

  close(block: Block, isLast: boolean): void {
    this.blocks.push({ block, text: this.#texts.get(block.position) ?? '', isLast });
  }
}
