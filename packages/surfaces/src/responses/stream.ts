import { AppError, parseRecord } from '@aggregator/contracts';
import { type Block, BlockSequence, type BlockSink } from '../answer/block-sequence.ts';
import { type AnswerIdentity, readAdditions, readChoice, readIdentity } from '../answer/read-answer.ts';
import { readPieces } from '../answer/read-pieces.ts';
import type { AnswerHead, SurfaceRequest, SurfaceStream } from '../chat-surface.ts';
import type { NativeTrace } from '../native-answers.ts';
import { toEvent } from '../sse/to-event.ts';
import { ResponsesTrace } from './native.ts';
import { originalOf } from './original.ts';
import { toEnd, toItem, toItemId, toItemStatus, toPart, toResponseFrame, toUsage } from './response.ts';
import type { ToolNames } from './tool-names.ts';

type Body = Readonly<Record<string, unknown>>;

interface Said {
  text: string;
  readonly logprobs: unknown[];
}

/** UTF-16 units. The grammar sends every text three times, so it has to be kept; no model says more than this. */
const textMax = 64 * 1024 * 1024;

/**
 * `response.created`, `response.in_progress`, the items one after the other, then `response.completed` or
 * `response.incomplete`; every event numbered.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
export class ResponsesStream implements SurfaceStream, BlockSink {
  readonly #request: SurfaceRequest;
  readonly #head: AnswerHead;
  readonly #names: ToolNames;
  readonly #sequence = new BlockSequence(this);
  /** Of the items that are open, by their place. */
  readonly #said = new Map<number, Said>();
  readonly #output: Record<string, unknown>[] = [];
  /** Of what the client has had from a provider of the same dialect; null if there is nothing. */
  #trace: ResponsesTrace | null = null;
  #out = '';
  #eventCount = 0;
  #identity: AnswerIdentity | null = null;
  #finishReason: string | null = null;
  #logprobs: readonly unknown[] = [];
  #textLength = 0;
  #answer: Body | null = null;

  constructor(request: SurfaceRequest, head: AnswerHead) {
    this.#request = request;
    this.#names = originalOf(request).names;
    this.#head = head;
  }

  /** @throws {AppError} `upstream_invalid_response` where an answer is longer than any */
  push(chunk: string): string {
    const record = parseRecord(chunk);
    if (record === null) return '';
    this.#read(record);
    return this.#takeOut();
  }

  get items(): readonly Record<string, unknown>[] {
    return this.#output;
  }

  get answer(): Body | null {
    return this.#answer;
  }

  end(last: Body | null): string {
    const identity = this.#read(last ?? {});
    this.#sequence.finish();
    const end = toEnd(this.#finishReason);
    const response = {
      ...toResponseFrame(identity, this.#request),
      ...end,
      output: this.#output,
      usage: toUsage(last?.usage),
      ...readAdditions(last ?? {}),
    };
    this.#answer = response;
    this.#write(end.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
    return this.#takeOut();
  }

  /** The response has failed, where one has begun; then the error, at which SDKs throw. */
  fail(error: AppError): string {
    if (this.#identity !== null) {
      const response = {
        ...toResponseFrame(this.#identity, this.#request),
        status: 'failed',
        error: { code: error.entry.status < 500 ? error.code : 'server_error', message: error.publicMessage },
        output: this.#output,
      };
      this.#write('response.failed', { response });
    }
    this.#write('error', { code: error.code, message: error.publicMessage, param: error.param ?? null });
    return this.#takeOut();
  }

  open(block: Block): void {
    this.#said.set(block.position, { text: '', logprobs: [] });
    const item = toItem(block, this.#idOf(block), this.#names, '', 'in_progress', []);
    this.#write('response.output_item.added', { output_index: block.position, item });
    if (block.kind === 'text' || block.kind === 'refusal') {
      this.#writeOf(block, 'response.content_part.added', { content_index: 0, part: toPart(block, '', []) });
    }
  }

  add(block: Block, text: string): void {
    const said = this.#said.get(block.position);
    if (said === undefined) return;
    this.#textLength += text.length;
    if (this.#textLength > textMax) {
      throw new AppError('upstream_invalid_response', { internal: `more than ${textMax} characters` });
    }
    if (block.kind === 'reasoning' && said.text === '') {
      this.#writeOf(block, 'response.reasoning_summary_part.added', { summary_index: 0, part: summaryOf('') });
    }
    said.text += text;
    if (this.#isSentWhole(block)) return;
    const [event, place] = deltaOf(block);
    const logprobs = block.kind === 'text' ? { logprobs: this.#logprobs } : {};
    if (block.kind === 'text') said.logprobs.push(...this.#logprobs);
    this.#writeOf(block, event, { ...place, delta: text, ...logprobs });
  }

  close(block: Block, isLast: boolean): void {
    const { text, logprobs } = this.#said.get(block.position) ?? { text: '', logprobs: [] };
    this.#said.delete(block.position);
    switch (block.kind) {
      case 'reasoning':
        // A thought without text has no summary.
        if (text === '') break;
        this.#writeOf(block, 'response.reasoning_summary_text.done', { summary_index: 0, text });
        this.#writeOf(block, 'response.reasoning_summary_part.done', { summary_index: 0, part: summaryOf(text) });
        break;
      case 'call':
        if (this.#isSentWhole(block)) break;
        if (block.isCustom) this.#writeOf(block, 'response.custom_tool_call_input.done', { input: text });
        else
          this.#writeOf(block, 'response.function_call_arguments.done', {
            name: this.#names.originOf(block.name ?? '').name,
            arguments: text,
          });
        break;
      case 'text':
      case 'refusal': {
        const content = block.kind === 'text' ? { text, logprobs } : { refusal: text };
        const done = block.kind === 'text' ? 'response.output_text.done' : 'response.refusal.done';
        this.#writeOf(block, done, { content_index: 0, ...content });
        const part = toPart(block, text, logprobs);
        this.#writeOf(block, 'response.content_part.done', { content_index: 0, part });
        break;
      }
      default:
    }
    const status = isLast ? toItemStatus(this.#finishReason) : 'completed';
    const item = toItem(block, this.#idOf(block), this.#names, text, status, logprobs);
    this.#output[block.position] = item;
    this.#write('response.output_item.done', { output_index: block.position, item });
  }

  /** True if a call is an item of a separate kind, which is sent whole. */
  #isSentWhole({ kind, name }: Block): boolean {
    return kind === 'call' && this.#names.originOf(name ?? '').own !== undefined;
  }

  follow(trace: NativeTrace): void {
    if (!(trace instanceof ResponsesTrace)) return;
    this.#trace = trace;
    this.#eventCount = trace.eventCount;
  }

  #idOf(block: Block): string {
    const answerId = this.#identity?.id ?? this.#request.answerId ?? this.#head.requestId;
    return this.#trace?.itemIds.get(block.position) ?? toItemId(block, answerId);
  }

  #read(chunk: Body): AnswerIdentity {
    const identity = this.#identity ?? this.#start(chunk);
    const choice = readChoice(chunk);
    if (choice === null) return identity;
    // Before the pieces: an item that ends with them has to know.
    this.#finishReason = choice.finishReason ?? this.#finishReason;
    this.#logprobs = choice.logprobs;
    for (const piece of readPieces(choice.said)) this.#sequence.take(piece);
    return identity;
  }

  #start(chunk: Body): AnswerIdentity {
    const { requestId: id, createdAt } = this.#head;
    const reported = readIdentity(chunk, { id, createdAt, model: this.#request.chat.model });
    const identity = { ...reported, id: this.#trace?.id ?? this.#request.answerId ?? reported.id };
    this.#identity = identity;
    const response = toResponseFrame(identity, this.#request);
    this.#write('response.created', { response });
    this.#write('response.in_progress', { response });
    return identity;
  }

  #writeOf(block: Block, type: string, fields: Body): void {
    this.#write(type, { item_id: this.#idOf(block), output_index: block.position, ...fields });
  }

  #write(type: string, fields: Body): void {
    this.#out += toEvent(type, { sequence_number: this.#eventCount, ...fields });
    this.#eventCount += 1;
  }

  #takeOut(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}

function summaryOf(text: string): Body {
  return { type: 'summary_text', text };
}

/** The event that adds to an item, and where in the item. */
function deltaOf({ kind, isCustom }: Block): [string, Body] {
  switch (kind) {
    case 'reasoning':
      return ['response.reasoning_summary_text.delta', { summary_index: 0 }];
    case 'call':
      return [isCustom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta', {}];
    case 'refusal':
      return ['response.refusal.delta', { content_index: 0 }];
    default:
      return ['response.output_text.delta', { content_index: 0 }];
  }
}
