import { isRecord, parseRecord, type ReasoningDetail, type Usage } from '@aggregator/contracts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../../provider-adapter.ts';
import { classifyResponsesError, toFinishReason } from './ending.ts';
import { openAiReasoningFormat, summarySeparator, textsOf, toEncryptedDetails } from './reasoning-items.ts';
import { messageSeparator } from './response.ts';
import { ToolTally } from './tool-tally.ts';
import { readResponsesUsage, toChatUsage } from './usage.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An item of the output that has begun. */
interface OpenItem {
  readonly kind: 'message' | 'reasoning' | 'function' | 'custom' | 'other';
  /** Among the calls of the answer; for a call only. */
  readonly callIndex: number;
  /** UTF-16 units that came in pieces; what did not is in the item when it is done. */
  characters: number;
}

const nothing: readonly string[] = Object.freeze([]);
/** Events that say nothing that others do not say. */
const repeating: ReadonlySet<string> = new Set([
  ...['keepalive', 'response.in_progress', 'response.queued', 'response.content_part.added'],
  ...['response.content_part.done', 'response.output_text.done', 'response.refusal.done'],
  ...['response.function_call_arguments.done', 'response.custom_tool_call_input.done'],
  ...['response.reasoning_summary_part.done', 'response.reasoning_summary_text.done', 'response.reasoning_text.done'],
]);
/** An item beyond this bound is ignored. */
const itemsMax = 10_000;

const kinds: ReadonlyMap<unknown, OpenItem['kind']> = new Map([
  ['message', 'message'],
  ['reasoning', 'reasoning'],
  ['function_call', 'function'],
  ['custom_tool_call', 'custom'],
]);

/** True if a parsed event is one of a response, not a chunk of a chat completion. */
export function isResponsesEvent({ type, choices }: Fields): boolean {
  return typeof type === 'string' && choices === undefined;
}

/**
 * One stream of a response as chunks of a chat completion with one choice. Its last event has the state and the usage.
 * Events that are not known are passed over; what they add to the answer counts as life. So this class also reads a stream
 * that goes to the client as it came.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
export class ResponsesChatStream implements ChatStreamTranslator {
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
  readonly #items: (OpenItem | undefined)[] = [];
  #callCount = 0;
  readonly #tools = new ToolTally();
  /** A chunk up to its choice; empty before the response has begun. */
  #head = '';
  #frame: Fields = {};
  #finishReason: string | null = null;
  #chatUsage: Fields | null = null;
  /** True if a message before this one had text, so that the next text is set apart. */
  #hasText = false;
  #isApart = false;

  constructor({ includeUsage, createdAt = 0, model = '' }: ChatStreamOptions) {
    this.#includeUsage = includeUsage;
    this.#createdAt = createdAt;
    this.#frame = { id: '', object: 'chat.completion.chunk', created: createdAt, model };
  }

  push(data: string): readonly string[] {
    if (data === '[DONE]') {
      this.isEnded = true;
      return nothing;
    }
    if (this.error !== null) return nothing;
    const event = parseRecord(data);
    if (event === null) {
      if (data.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    if (this.isComplete) return nothing;
    switch (event.type) {
      case 'response.created':
        return this.#begin(event.response);
      case 'response.output_text.delta':
        return this.#takeText(event);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#takeArguments(event, event.delta);
      case 'response.reasoning_summary_text.delta':
        return this.#takeThought(event, 'summary');
      case 'response.reasoning_text.delta':
        return this.#takeThought(event, 'text');
      case 'response.reasoning_summary_part.added':
        return this.#setThoughtApart(event);
      case 'response.refusal.delta':
        return this.#toChunks({ refusal: event.delta }, event.delta);
      case 'response.output_item.added':
        return this.#beginItem(event);
      case 'response.output_item.done':
        return this.#endItem(event);
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        return this.#finish(event.response);
      case 'error':
        return this.#fail(event);
      default:
        return this.#passOver(event);
    }
  }

  end(): Record<string, unknown> | null {
    if (!this.isComplete || this.error !== null) return null;
    if (!this.#includeUsage) return this.#toFinishChunk();
    return { ...this.#frame, choices: [], usage: this.#chatUsage };
  }

  #begin(response: unknown): readonly string[] {
    if (!isRecord(response) || this.#head !== '') return this.#drop();
    const { id, created_at: created, model } = response;
    this.#frame = {
      ...this.#frame,
      ...(typeof id === 'string' && { id }),
      created: typeof created === 'number' ? created : this.#createdAt,
      ...(typeof model === 'string' && { model }),
    };
    const text = JSON.stringify(this.#frame);
    this.#head = `${text.slice(0, -1)},"choices":[{"index":0,"delta":`;
    return [this.#toText({ role: 'assistant', content: '' })];
  }

  #beginItem({ output_index: index, item }: Fields): readonly string[] {
    if (!isItemIndex(index) || !isRecord(item)) return this.#drop();
    return this.#openItem(index, item)[1];
  }

  /** Returns the item, and the chunks that show it to the client. */
  #openItem(index: number, { type, call_id: id, name, namespace }: Fields): [OpenItem, readonly string[]] {
    const kind = kinds.get(type) ?? 'other';
    const isCall = kind === 'function' || kind === 'custom';
    const item: OpenItem = { kind, callIndex: isCall ? this.#callCount : -1, characters: 0 };
    this.#items[index] = item;
    if (kind === 'message') this.#isApart = this.#hasText;
    this.hasUntranslated ||= kind === 'other' || this.#isApart || typeof namespace === 'string';
    if (!isCall) return [item, nothing];
    this.#callCount += 1;
    const called = kind === 'function' ? { function: { name, arguments: '' } } : { custom: { name, input: '' } };
    return [item, this.#toTexts({ tool_calls: [{ index: item.callIndex, id, type: kind, ...called }] })];
  }

  #takeText({ output_index: index, delta, logprobs }: Fields): readonly string[] {
    if (typeof delta !== 'string') return this.#drop();
    if (delta === '') return nothing;
    const item = isItemIndex(index) ? this.#items[index] : undefined;
    if (item !== undefined) item.characters += delta.length;
    const text = this.#isApart ? messageSeparator + delta : delta;
    this.#isApart = false;
    this.#hasText = true;
    const said = Array.isArray(logprobs) && logprobs.length > 0 ? logprobs : null;
    return this.#toChunks({ content: text }, text, said);
  }

  #takeArguments({ output_index: index }: Fields, piece: unknown): readonly string[] {
    const item = isItemIndex(index) ? this.#items[index] : undefined;
    if (typeof piece !== 'string') return this.#drop();
    if (item === undefined || item.callIndex < 0) {
      // A call without a name cannot be sent.
      this.#count(piece.length);
      return nothing;
    }
    item.characters += piece.length;
    const called = item.kind === 'function' ? { function: { arguments: piece } } : { custom: { input: piece } };
    return this.#toChunks({ tool_calls: [{ index: item.callIndex, ...called }] }, piece);
  }

  #takeThought({ output_index: index, delta }: Fields, field: 'summary' | 'text'): readonly string[] {
    if (!isItemIndex(index) || typeof delta !== 'string') return this.#drop();
    const item = this.#items[index] ?? this.#openItem(index, { type: 'reasoning' })[0];
    item.characters += delta.length;
    return this.#toThoughtChunks(index, delta, field);
  }

  #setThoughtApart({ output_index: index }: Fields): readonly string[] {
    const item = isItemIndex(index) ? this.#items[index] : undefined;
    if (item === undefined || !isItemIndex(index) || item.characters === 0) return nothing;
    return this.#toThoughtChunks(index, summarySeparator, 'summary');
  }

  #toThoughtChunks(index: number, text: string, field: 'summary' | 'text'): readonly string[] {
    const format = openAiReasoningFormat;
    const detail: ReasoningDetail =
      field === 'summary'
        ? { type: 'reasoning.summary', summary: text, format, index }
        : { type: 'reasoning.text', text, format, index };
    return this.#toChunks({ reasoning_content: text, reasoning_details: [detail] }, text);
  }

  /** Sends what did not come in pieces: the encrypted content, and the text of an item that came whole. */
  #endItem({ output_index: index, item }: Fields): readonly string[] {
    if (!isItemIndex(index) || !isRecord(item)) return this.#drop();
    const known = this.#items[index];
    const [open, begun] = known === undefined ? this.#openItem(index, item) : [known, nothing];
    switch (open.kind) {
      case 'function':
      case 'custom': {
        const text = open.kind === 'function' ? item.arguments : item.input;
        return open.characters > 0 ? begun : [...begun, ...this.#takeArguments({ output_index: index }, text)];
      }
      case 'reasoning': {
        const summary = open.characters > 0 ? '' : textsOf(item.summary).join(summarySeparator);
        const encrypted = toEncryptedDetails(item, index);
        this.hasUntranslated ||= encrypted.length === 0 && open.characters === 0 && summary === '';
        return [
          ...this.#toThoughtChunks(index, summary, 'summary'),
          ...(encrypted.length === 0 ? nothing : this.#toTexts({ reasoning_details: encrypted })),
        ];
      }
      case 'message': {
        if (open.characters > 0 || !Array.isArray(item.content)) return nothing;
        return textsOf(item.content).flatMap((delta) => this.#takeText({ output_index: index, delta }));
      }
      default:
        // A hosted tool's work is an answer, though chat completions have no place for it.
        this.hasLife = true;
        this.#tools.add(item);
        return nothing;
    }
  }

  #finish(response: unknown): readonly string[] {
    if (!isRecord(response)) return this.#drop();
    this.isEnded = true;
    const usage = toChatUsage(response.usage);
    const reading = readResponsesUsage(response, this.#tools);
    if (reading !== null) {
      this.usage = reading.usage;
      this.reportedUsage = reading.reportedUsage;
      this.#chatUsage = usage;
    }
    const begun = this.#head === '' ? this.#begin(response) : nothing;
    this.#finishReason = toFinishReason(response, this.#callCount > 0);
    if (this.#finishReason === null) {
      this.error = classifyResponsesError({ ...response, status: 'failed' });
      return nothing;
    }
    this.isComplete = true;
    return this.#includeUsage ? [...begun, JSON.stringify(this.#toFinishChunk())] : begun;
  }

  #fail(event: Fields): readonly string[] {
    this.error = classifyResponsesError(event);
    this.isEnded = true;
    return nothing;
  }

  /** What a hosted tool writes counts as life and as output, because it is generated and billed. */
  #passOver({ type, delta, error }: Fields): readonly string[] {
    if (isRecord(error)) return this.#fail({ type: 'error', error });
    if (typeof type !== 'string') return this.#drop();
    if (!repeating.has(type)) this.hasUntranslated = true;
    if (typeof delta === 'string' && delta !== '') this.#count(delta.length);
    return nothing;
  }

  /** `text` is what the client gets by `delta`; an empty one sends nothing. */
  #toChunks(delta: Fields, text: unknown, logprobs: readonly unknown[] | null = null): readonly string[] {
    if (typeof text !== 'string') return this.#drop();
    if (text === '') return nothing;
    this.#count(text.length);
    return this.#toTexts(delta, logprobs);
  }

  /** The chunk of a delta, behind the first of the answer where a server has left out the begin of the response. */
  #toTexts(delta: Fields, logprobs: readonly unknown[] | null = null): readonly string[] {
    const begun = this.#head === '' ? this.#begin({}) : nothing;
    return begun.length === 0 ? [this.#toText(delta, logprobs)] : [...begun, this.#toText(delta, logprobs)];
  }

  #count(characters: number): void {
    this.hasLife = true;
    this.outputCharacters += characters;
  }

  #drop(): readonly string[] {
    this.malformedEvents += 1;
    return nothing;
  }

  #toText(delta: Fields, logprobs: readonly unknown[] | null = null): string {
    const logprobsField =
      logprobs === null ? '' : `,"logprobs":${JSON.stringify({ content: logprobs, refusal: null })}`;
    return `${this.#head}${JSON.stringify(delta)}${logprobsField},"finish_reason":null}]}`;
  }

  #toFinishChunk(): Record<string, unknown> {
    return { ...this.#frame, choices: [{ index: 0, delta: {}, finish_reason: this.#finishReason }] };
  }
}

function isItemIndex(index: unknown): index is number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < itemsMax;
}
