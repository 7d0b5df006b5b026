import { isRecord, parseExactRecord, parseRecord, type ReasoningDetail, type Usage } from '@aggregator/contracts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { classifyAnthropicErrorBody } from './errors.ts';
import { isUntranslatedReason, toChoiceEnd } from './finish-reason.ts';
import { createdUnknown } from './response.ts';
import { anthropicReasoningFormat, fromThinkingBlock } from './thinking-blocks.ts';
import { readAnthropicUsage } from './usage.ts';
import { stopDetailsWire } from './wire.ts';

type Fields = Record<string, unknown>;

/** A block of the answer that has begun. */
interface OpenBlock {
  kind: 'text' | 'thinking' | 'tool' | 'other';
  /** Among the calls of the answer; for a tool only. */
  callIndex: number;
  hasArguments: boolean;
  /** Arguments that a call began with, sent if nothing follows. */
  input: unknown;
  /** UTF-16 units of text or thinking, or 1 for what is whole from the start. */
  characters: number;
}

const nothing: readonly string[] = Object.freeze([]);
/** A block beyond this bound is ignored. */
const blocksMax = 10_000;
/**
 * A piece of text as Anthropic writes it, without an escape in it: nine of ten events of a stream. The text is
 * forwarded as it is between its quotes, unparsed. Anything written otherwise takes the longer way, to the same end.
 */
const plainTextDelta =
  /^\{"type": ?"content_block_delta", ?"index": ?(\d{1,4}), ?"delta": ?\{"type": ?"text_delta", ?"text": ?"([ !#-[\]-\uffff]*)"\} *\} *$/;

/**
 * One stream of a message as chunks of a chat completion with one choice. The event with the stop reason makes the
 * answer whole; usage comes with it. `reasoning_details` go out beside the thinking's text, under the index of their
 * block, so that the caller can give them back.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming (read 2026-11). Kinds of events and of pieces
 * that are not known are passed over, as it asks.
 */
export class AnthropicChatStream implements ChatStreamTranslator {
  isComplete = false;
  isEnded = false;
  hasLife = false;
  usage: Usage | null = null;
  reportedUsage: Usage | null = null;
  outputCharacters = 0;
  malformedEvents = 0;
  error: ProviderError | null = null;
  hasUntranslated = false;

  readonly #includeUsage: boolean;
  readonly #createdAt: number;
  readonly #isNative: boolean;
  readonly #blocks: (OpenBlock | undefined)[] = [];
  #callCount = 0;
  /** The block that began last. */
  #last: OpenBlock | null = null;
  #id = '';
  #model = '';
  /** A chunk up to its delta, and up to the text of its delta; empty before the message has begun. */
  #head = '';
  #textHead = '';
  #choiceEnd: ReturnType<typeof toChoiceEnd> | null = null;
  /** Usage as reported so far; later numbers take the place of earlier ones, since they are running totals. */
  #wireUsage: Fields = {};
  #container: unknown = null;

  /** `isNative`: what the provider's own tools do reaches the client, so it counts as output and as a sign of life. */
  constructor({ includeUsage, createdAt = createdUnknown }: ChatStreamOptions, isNative = false) {
    this.#isNative = isNative;
    this.#includeUsage = includeUsage;
    this.#createdAt = createdAt;
  }

  push(data: string): readonly string[] {
    const [, index, text] = plainTextDelta.exec(data) ?? [];
    if (text !== undefined && this.#blocks[Number(index)]?.kind === 'text' && !this.isComplete && this.error === null) {
      if (text === '') return nothing;
      this.#count(text.length, this.#blocks[Number(index)]);
      return [`${this.#textHead}${text}"},"finish_reason":null}]}`];
    }
    return this.#takeEvent(data);
  }

  get usageSoFar(): Usage | null {
    return readAnthropicUsage(this.#wireUsage, this.#container)?.usage ?? null;
  }

  end(): Fields | null {
    if (!this.isComplete || this.error !== null) return null;
    if (!this.#includeUsage) return this.#toFinishChunk();
    const usage = this.usage === null ? null : toOpenAiUsage(this.usage);
    return { ...this.#toChunk(), choices: [], usage };
  }

  #takeEvent(data: string): readonly string[] {
    const event = data.includes('"tool_use"') ? parseExactRecord(data) : parseRecord(data);
    if (event?.type === 'message_stop') this.isEnded = true;
    if (this.error !== null) return nothing;
    if (event === null) {
      if (data.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    const error = classifyAnthropicErrorBody(event);
    if (error !== null) {
      // Nothing makes a whole answer less than whole.
      if (this.isComplete) return this.#drop();
      this.error = error;
      return nothing;
    }
    switch (event.type) {
      case 'message_start':
        return this.#startMessage(event.message);
      case 'content_block_start':
        return this.#startBlock(event);
      case 'content_block_delta':
        return this.#takeDelta(event);
      case 'content_block_stop':
        return this.#stopBlock(event);
      case 'message_delta':
        return this.#changeMessage(event);
      case 'message_stop':
      case 'ping':
        return nothing;
      default:
        return typeof event.type === 'string' ? this.#passOver() : this.#drop();
    }
  }

  #startMessage(message: unknown): readonly string[] {
    if (!isRecord(message) || this.#head !== '') return this.#drop();
    this.#id = typeof message.id === 'string' ? message.id : '';
    this.#model = typeof message.model === 'string' ? message.model : '';
    const chunk = JSON.stringify(this.#toChunk());
    this.#head = `${chunk.slice(0, -1)},"choices":[{"index":0,"delta":`;
    this.#textHead = `${this.#head}{"content":"`;
    if (isRecord(message.usage)) this.#wireUsage = { ...message.usage };
    this.#container = message.container;
    return [this.#toText({ role: 'assistant', content: '' })];
  }

  #startBlock({ index, content_block: block }: Fields): readonly string[] {
    if (this.#head === '' || this.isComplete || !isBlockIndex(index) || !isRecord(block)) return this.#drop();
    const kind = kindOf(block.type);
    const open: OpenBlock = { kind, callIndex: -1, hasArguments: false, input: block.input, characters: 0 };
    this.#blocks[index] = open;
    this.#noteOrder(open);
    if (kind === 'other') {
      if (this.#isNative) this.#count(1, open);
      return this.#passOver();
    }
    if (open.kind === 'text') return this.#toChunks({ content: block.text }, block.text, open);
    if (open.kind === 'tool') {
      open.callIndex = this.#callCount;
      this.#callCount += 1;
      const called = { name: block.name, arguments: '' };
      return [
        this.#toText({ tool_calls: [{ index: open.callIndex, id: block.id, type: 'function', function: called }] }),
      ];
    }
    if (block.type === 'redacted_thinking') open.characters = 1;
    const detail = fromThinkingBlock(block, index);
    // The text and the signature of thinking follow in pieces; what is redacted is whole from the start.
    if (detail?.type === 'reasoning.encrypted') return [this.#toText({ reasoning_details: [detail] })];
    return detail?.text ? this.#toThinkingChunks(detail.text, index, open) : nothing;
  }

  #takeDelta({ index, delta }: Fields): readonly string[] {
    const block = isBlockIndex(index) ? this.#blocks[index] : undefined;
    if (block === undefined || this.isComplete || !isBlockIndex(index) || !isRecord(delta)) return this.#drop();
    switch (delta.type) {
      case 'text_delta':
        return this.#toChunks({ content: delta.text }, delta.text, block);
      case 'thinking_delta':
        return typeof delta.thinking === 'string' ? this.#toThinkingChunks(delta.thinking, index, block) : this.#drop();
      case 'signature_delta': {
        if (typeof delta.signature !== 'string') return this.#drop();
        return [this.#toText({ reasoning_details: [toDetail(index, { signature: delta.signature })] })];
      }
      case 'input_json_delta':
        return this.#toArgumentChunks(block, delta.partial_json);
      default:
        return this.#passOver();
    }
  }

  /** A call without arguments has no pieces of them; the caller's JSON parser needs an object all the same. */
  #stopBlock({ index }: Fields): readonly string[] {
    const block = isBlockIndex(index) ? this.#blocks[index] : undefined;
    if (block?.kind !== 'tool' || block.hasArguments || this.isComplete) return nothing;
    return this.#toArgumentChunks(block, JSON.stringify(block.input ?? {}));
  }

  #changeMessage({ delta, usage }: Fields): readonly string[] {
    if (this.#head === '' || !isRecord(delta)) return this.#drop();
    this.#container = delta.container ?? this.#container;
    if (isRecord(usage)) {
      for (const [name, value] of Object.entries(usage)) {
        if (value !== null) this.#wireUsage[name] = value;
      }
      const reading = readAnthropicUsage(this.#wireUsage, this.#container);
      this.usage = reading?.usage ?? null;
      this.reportedUsage = reading?.reportedUsage ?? null;
    }
    if (typeof delta.stop_reason !== 'string' || this.isComplete) return nothing;
    const explanation = stopDetailsWire.parse(delta.stop_details)?.explanation;
    const refusal = explanation ? this.#toChunks({ refusal: explanation }, explanation) : nothing;
    const sequence = typeof delta.stop_sequence === 'string' ? delta.stop_sequence : null;
    this.#choiceEnd = toChoiceEnd(delta.stop_reason, sequence);
    this.hasUntranslated ||= isUntranslatedReason(delta.stop_reason);
    this.isComplete = true;
    // The finish reason is the end of the stream for who does not wait for usage: it is kept for our additions.
    return this.#includeUsage ? [...refusal, JSON.stringify(this.#toFinishChunk())] : refusal;
  }

  #toArgumentChunks(block: OpenBlock, piece: unknown): readonly string[] {
    if (block.kind !== 'tool') {
      if (this.#isNative && block.kind === 'other' && typeof piece === 'string') this.#count(piece.length, block);
      return nothing;
    }
    const delta = { tool_calls: [{ index: block.callIndex, function: { arguments: piece } }] };
    const chunks = this.#toChunks(delta, piece, block);
    if (chunks.length > 0) block.hasArguments = true;
    return chunks;
  }

  #toThinkingChunks(text: string, index: number, block: OpenBlock): readonly string[] {
    return this.#toChunks({ reasoning_content: text, reasoning_details: [toDetail(index, { text })] }, text, block);
  }

  /** `text` is what the client gets by `delta`; an empty one sends nothing. */
  #toChunks(delta: Fields, text: unknown, block?: OpenBlock): readonly string[] {
    if (typeof text !== 'string') return this.#drop();
    if (text === '') return nothing;
    this.#count(text.length, block);
    return [this.#toText(delta)];
  }

  #count(characters: number, block?: OpenBlock): void {
    this.hasLife = true;
    this.outputCharacters += characters;
    if (block !== undefined) block.characters += characters;
  }

  /** Chunks have no blocks: two texts in a row become one, and an empty text none. */
  #noteOrder(block: OpenBlock): void {
    const before = this.#last;
    this.#last = block;
    if (before === null || before.kind === 'tool') return;
    this.hasUntranslated ||= before.characters === 0 || (before.kind === block.kind && block.kind === 'text');
  }

  #passOver(): readonly string[] {
    this.hasUntranslated = true;
    return nothing;
  }

  #drop(): readonly string[] {
    this.malformedEvents += 1;
    return nothing;
  }

  #toText(delta: Fields): string {
    return `${this.#head}${JSON.stringify(delta)},"finish_reason":null}]}`;
  }

  #toFinishChunk(): Fields {
    return { ...this.#toChunk(), choices: [{ index: 0, delta: {}, ...this.#choiceEnd }] };
  }

  #toChunk(): Fields {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#createdAt, model: this.#model };
  }
}

function toDetail(index: number, piece: { text: string } | { signature: string }): ReasoningDetail {
  return { type: 'reasoning.text', ...piece, format: anthropicReasoningFormat, index };
}

function kindOf(type: unknown): OpenBlock['kind'] {
  switch (type) {
    case 'text':
      return 'text';
    case 'thinking':
    case 'redacted_thinking':
      return 'thinking';
    case 'tool_use':
      return 'tool';
    default:
      return 'other';
  }
}

function isBlockIndex(index: unknown): index is number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < blocksMax;
}
