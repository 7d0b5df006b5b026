import type { ReasoningDetail } from '@aggregator/contracts';
import { JsonScan } from './json-scan.ts';
import type { CallPiece, Piece, ReasoningPiece } from './read-pieces.ts';

/** A complete part of an answer: a thought, a text, a call. */
export interface Block {
  readonly kind: Piece['kind'];
  /** Its place in the answer, from 0. */
  readonly position: number;
  /** The call's id, if the provider sent it. */
  id: string | null;
  name: string | null;
  readonly isCustom: boolean;
  /** What closes a thought; null where nothing does. */
  signature: string | null;
  format: string | null;
  readonly group: number | null;
  /** For `encrypted`, and for a thought that the provider also sends encrypted. */
  detail: ReasoningDetail | null;
}

/** Where the blocks go. Every block is opened once, added to, and closed once. */
export interface BlockSink {
  open(block: Block): void;
  add(block: Block, text: string): void;
  /** `isLast` where nothing comes after it, which is known at the end alone. */
  close(block: Block, isLast: boolean): void;
}

interface Held {
  readonly block: Block;
  /** What has come and not gone to the sink. */
  text: string;
  isOpen: boolean;
  isClosed: boolean;
  /** For the arguments of a call: whether they are whole. */
  readonly scan: JsonScan | null;
}

/** UTF-16 units. Beyond it nothing is held back any more: blocks then lie open side by side. */
const heldMax = 1024 * 1024;

/**
 * Puts the pieces of an answer in order: blocks one after the other, each whole before the next begins, as clients expect
 * who keep in mind only the last one. Providers almost always send them so, and then nothing is held back. Where a piece
 * of a later block comes while a call's arguments are not whole, it waits for them.
 */
export class BlockSequence {
  readonly #sink: BlockSink;
  /** Blocks that are not closed, in order; the first is open, or will be as soon as it can. */
  readonly #queue: Held[] = [];
  readonly #calls = new Map<number, Held>();
  #count = 0;
  #heldLength = 0;
  #isHolding = true;
  #isFinished = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  take(piece: Piece): void {
    const held = this.#find(piece);
    if (held.isClosed) return;
    const text = piece.kind === 'encrypted' ? '' : piece.text;
    held.scan?.push(text);
    if (held.isOpen) {
      if (text !== '') this.#sink.add(held.block, text);
    } else {
      held.text += text;
      this.#heldLength += text.length;
    }
    this.#advance();
  }

  /** The answer is over: what was held back goes out, what is open is closed. */
  finish(): void {
    this.#isFinished = true;
    this.#advance();
  }

  #find(piece: Piece): Held {
    const last = this.#queue.at(-1);
    switch (piece.kind) {
      case 'call':
        return this.#findCall(piece);
      case 'reasoning':
        return this.#findThought(piece, last);
      case 'encrypted':
        return this.#findEncrypted(piece.detail, last);
      default:
        return last?.block.kind === piece.kind ? last : this.#append({ kind: piece.kind });
    }
  }

  #findCall({ call, id, name, isCustom }: CallPiece): Held {
    let held = this.#calls.get(call);
    if (held === undefined) {
      held = this.#append({ kind: 'call', isCustom });
      this.#calls.set(call, held);
    }
    held.block.id ??= id;
    held.block.name ??= name;
    return held;
  }

  #findThought({ group, signature, format }: ReasoningPiece, last: Held | undefined): Held {
    const isSame =
      last?.block.kind === 'reasoning' &&
      last.block.signature === null &&
      last.block.detail === null &&
      (last.block.group === group || group === null || last.block.group === null);
    const held = isSame ? last : this.#append({ kind: 'reasoning', group });
    held.block.signature ??= signature;
    held.block.format ??= format;
    return held;
  }

  /** What only the provider can read of a thought belongs to it, if both have one place and one maker. */
  #findEncrypted(detail: ReasoningDetail, last: Held | undefined): Held {
    const { kind, group, format, signature, detail: known } = last?.block ?? {};
    const isOpen = kind === 'reasoning' && signature === null && known === null;
    const isSame = isOpen && group !== null && group === detail.index && format !== null && format === detail.format;
    if (last === undefined || !isSame) return this.#append({ kind: 'encrypted', detail });
    last.block.detail = detail;
    return last;
  }

  #append(fields: Pick<Block, 'kind'> & Partial<Block>): Held {
    const block: Block = {
      position: this.#count,
      id: null,
      name: null,
      isCustom: false,
      signature: null,
      format: null,
      group: null,
      detail: null,
      ...fields,
    };
    this.#count += 1;
    const scan = block.kind === 'call' && !block.isCustom ? new JsonScan() : null;
    const held: Held = { block, text: '', isOpen: false, isClosed: false, scan };
    this.#queue.push(held);
    return held;
  }

  #advance(): void {
    if (this.#heldLength > heldMax) this.#isHolding = false;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (!this.#canOpen(first)) break;
      this.#open(first);
      if (!this.#canClose(first)) break;
      this.#queue.shift();
      first.isClosed = true;
      this.#sink.close(first.block, this.#isFinished && this.#queue.length === 0);
    }
    if (!this.#isHolding) for (const held of this.#queue) this.#open(held);
  }

  /** A call without a name cannot be sent to a client. */
  #canOpen({ block, isOpen }: Held): boolean {
    return isOpen || block.kind !== 'call' || block.name !== null || this.#isFinished || !this.#isHolding;
  }

  #canClose({ block, scan }: Held): boolean {
    if (this.#isFinished) return true;
    if (!this.#isHolding || this.#queue.length < 2) return false;
    return block.kind !== 'call' || scan?.isComplete === true;
  }

  #open(held: Held): void {
    if (held.isOpen) return;
    held.isOpen = true;
    this.#sink.open(held.block);
    this.#heldLength -= held.text.length;
    if (held.text !== '') this.#sink.add(held.block, held.text);
    held.text = '';
  }
}
