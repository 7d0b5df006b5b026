import { type Block, BlockSequence, type BlockSink } from './block-sequence.ts';
import { type Piece, readPieces } from './read-pieces.ts';

export interface WholeBlock {
  readonly block: Block;
  readonly text: string;
  readonly isLast: boolean;
}

/** The blocks of a whole message, in the order in which a stream of it would have had them. */
export function collectBlocks(message: Readonly<Record<string, unknown>>): WholeBlock[] {
  const collector = new BlockCollector();
  const sequence = new BlockSequence(collector);
  for (const piece of inPlace(readPieces(message))) sequence.take(piece);
  sequence.finish();
  return collector.blocks;
}

/**
 * A whole message has its thoughts apart from what was said and called; their index is their place among them. A thought
 * without one comes first.
 */
function inPlace(pieces: readonly Piece[]): Piece[] {
  const unplaced = pieces.filter((piece) => placeOf(piece) === null);
  const woven = unplaced.filter(isThought);
  let rest = unplaced.filter((piece) => !isThought(piece));
  const thoughts = Map.groupBy(pieces, placeOf);
  let blockCount = 0;
  for (const [place, parts] of thoughts) {
    if (place === null) continue;
    const before = Math.max(0, place - blockCount);
    woven.push(...rest.slice(0, before), ...parts);
    blockCount += Math.min(before, rest.length) + 1;
    rest = rest.slice(before);
  }
  return [...woven, ...rest];
}

function isThought({ kind }: Piece): boolean {
  return kind === 'reasoning' || kind === 'encrypted';
}

/** Null for what is no thought, or has no place. */
function placeOf(piece: Piece): number | null {
  if (piece.kind === 'reasoning') return piece.group;
  return piece.kind === 'encrypted' ? (piece.detail.index ?? null) : null;
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
