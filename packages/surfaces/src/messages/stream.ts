import { type AppError, parseRecord, toAnthropicErrorBody } from '@aggregator/contracts';
import { type Block, BlockSequence, type BlockSink } from '../answer/block-sequence.ts';
import { readAdditions, readChoice, readIdentity, readUsage, toSurfaceId } from '../answer/read-answer.ts';
import { readPieces } from '../answer/read-pieces.ts';
import type { AnswerHead, SurfaceRequest, SurfaceStream } from '../chat-surface.ts';
import { toEvent } from '../sse/to-event.ts';
import { isSaid, toBlockStart, toEmptyMessage, toSignature, toStop, toUsage } from './response.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * `message_start`, the blocks one after the other, `message_delta` with why it stopped and what was used, `message_stop`.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming (read 2026-11).
 */
export class MessagesStream implements SurfaceStream, BlockSink {
  readonly #request: SurfaceRequest;
  readonly #head: AnswerHead;
  readonly #sequence = new BlockSequence(this);
  readonly #kinds = new Set<Block['kind']>();
  #out = '';
  #last: Block | undefined;
  /** What only the provider can read, behind a text: written when another block follows. */
  #sealed: Block[] = [];
  #messageId: string | null = null;
  #finishReason: string | null = null;
  #nativeReason: string | null = null;
  #stopSequence: string | null = null;

  constructor(request: SurfaceRequest, head: AnswerHead) {
    this.#request = request;
    this.#head = head;
  }

  push(chunk: string): string {
    const record = parseRecord(chunk);
    if (record === null) return '';
    this.#read(record);
    return this.#takeOut();
  }

  end(last: Body | null): string {
    this.#read(last ?? {});
    this.#sequence.finish();
    const choice = {
      finishReason: this.#finishReason,
      nativeReason: this.#nativeReason,
      stopSequence: this.#stopSequence,
    };
    const usage = toUsage(readUsage(last?.usage));
    this.#write('message_delta', {
      delta: { ...toStop(choice, this.#kinds, this.#request), container: null },
      usage: { output_tokens: 0, ...usage },
      ...readAdditions(last ?? {}),
    });
    this.#write('message_stop', {});
    return this.#takeOut();
  }

  fail(error: AppError): string {
    const { type: _type, ...body } = toAnthropicErrorBody(error, this.#head.requestId);
    return toEvent('error', body);
  }

  open(block: Block): void {
    if (block.kind === 'encrypted' && isSaid(this.#last)) {
      this.#sealed.push(block);
      return;
    }
    for (const one of [...this.#sealed.splice(0), block]) {
      this.#begin(one);
      if (one.kind === 'encrypted') this.#write('content_block_stop', { index: one.position });
    }
    this.#last = block;
  }

  #begin(block: Block): void {
    const content_block = toBlockStart(block, this.#messageId ?? '');
    this.#write('content_block_start', { index: block.position, content_block });
  }

  add(block: Block, text: string): void {
    this.#write('content_block_delta', { index: block.position, delta: toDelta(block, text) });
  }

  close(block: Block): void {
    // It is whole when it is opened.
    if (block.kind === 'encrypted') return;
    const signature = block.kind === 'reasoning' ? toSignature(block) : null;
    if (signature !== null) {
      this.#write('content_block_delta', { index: block.position, delta: { type: 'signature_delta', signature } });
    }
    this.#write('content_block_stop', { index: block.position });
  }

  #read(chunk: Body): void {
    if (this.#messageId === null) this.#start(chunk);
    const choice = readChoice(chunk);
    if (choice === null) return;
    for (const piece of readPieces(choice.said)) {
      this.#kinds.add(piece.kind);
      this.#sequence.take(piece);
    }
    this.#finishReason = choice.finishReason ?? this.#finishReason;
    this.#nativeReason = choice.nativeReason ?? this.#nativeReason;
    this.#stopSequence = choice.stopSequence ?? this.#stopSequence;
  }

  #start(chunk: Body): void {
    const { requestId: id, createdAt } = this.#head;
    const identity = readIdentity(chunk, { id, createdAt, model: this.#request.chat.model });
    this.#messageId = toSurfaceId('msg_', identity.id);
    this.#write('message_start', { message: toEmptyMessage(this.#messageId, identity.model) });
  }

  #write(type: string, fields: Body): void {
    this.#out += toEvent(type, fields);
  }

  #takeOut(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}

function toDelta(block: Block, text: string): Record<string, unknown> {
  switch (block.kind) {
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text };
    case 'call':
      return { type: 'input_json_delta', partial_json: text };
    default:
      return { type: 'text_delta', text };
  }
}
