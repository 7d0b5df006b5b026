import type { Usage } from '@aggregator/contracts';
import { isRecord, parseRecord } from '../json-record.ts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { classifyOpenAiErrorBody } from './errors.ts';
import { ChunkRepair } from './repair-chunks.ts';
import type { AnswerChanges } from './response.ts';
import { fromOpenAiChatUsage } from './usage.ts';

type Chunk = Record<string, unknown>;

const nothing: readonly string[] = Object.freeze([]);
/** OpenAI takes `n` up to 128; a choice beyond this bound is no choice of ours. */
const choicesMax = 1024;

/**
 * One stream of chat completion chunks. It is read, not rebuilt: a chunk goes on as the very text that came, after one
 * `JSON.parse` and a look at the few fields that tell where the answer stands.
 *
 * The chunk that ends the answer is kept for `end`. Chunks that come after it (a late comment, a moderation result) go out
 * before it; a later end takes its place and lets it go.
 */
export class OpenAiChatStream implements ChatStreamTranslator {
  isComplete = false;
  isEnded = false;
  hasLife = false;
  usage: Usage | null = null;
  outputCharacters = 0;
  malformedEvents = 0;
  error: ProviderError | null = null;

  readonly #includeUsage: boolean;
  readonly #choiceCount: number;
  readonly #changes: AnswerChanges;
  /** Null for a server that needs none. */
  readonly #repair: ChunkRepair | null;
  /** By index of the choice: whether it has had its finish reason; undefined before its first chunk. */
  readonly #isFinished: (boolean | undefined)[] = [];
  #choicesSeen = 0;
  #choicesOpen = 0;
  #kept: Chunk | null = null;
  #keptText = '';
  /** The chunk that made the answer whole: where a client waits for a usage chunk that never comes, its head makes one. */
  #lastFinish: Chunk | null = null;
  /** Usage as the provider last told it. */
  #usageTold: unknown = null;

  constructor({ includeUsage, choiceCount = 1 }: ChatStreamOptions, changes: AnswerChanges = {}) {
    this.#includeUsage = includeUsage;
    this.#choiceCount = choiceCount;
    this.#changes = changes;
    this.#repair = changes.isLoose === true ? new ChunkRepair() : null;
  }

  push(data: string): readonly string[] {
    if (data === '[DONE]') this.isEnded = true;
    if (data === '[DONE]' || this.error !== null) return nothing;
    const chunk = parseRecord(data);
    if (chunk === null) {
      // An empty event is some servers' keep-alive.
      if (data.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    const { choices } = chunk;
    if (!Array.isArray(choices) || chunk.error || choices.some(isBroken)) return this.#takeOther(data, chunk);
    const text = this.#change(chunk, data);
    if (!choices.every(isChoice)) return this.#drop();
    const hasUsage = isRecord(chunk.usage);
    if (hasUsage) this.#readUsage(chunk.usage);
    if (choices.length === 0) return hasUsage ? this.#takeUsageChunk(data, chunk) : [text ?? JSON.stringify(chunk)];
    let hasFinish = false;
    for (const choice of choices) {
      if (this.#readChoice(choice)) hasFinish = true;
    }
    this.isComplete = this.#choicesOpen === 0 && this.#choicesSeen >= this.#choiceCount;
    // As with OpenAI, usage stands in a chunk of its own, if at all: clients add up what they find in several.
    if (hasUsage) return this.#takeChunk(null, { ...chunk, usage: null }, hasFinish);
    return this.#takeChunk(text, chunk, hasFinish);
  }

  end(): Record<string, unknown> | null {
    if (!this.isComplete || this.error !== null) return null;
    if (this.#kept !== null) return this.#kept;
    if (!this.#includeUsage || this.#lastFinish === null) return null;
    return { ...this.#lastFinish, choices: [], usage: this.#usageTold };
  }

  /** The text of the chunk after its changes; null where it has to be written anew. */
  #change(chunk: Chunk, text: string): string | null {
    const { adjustAnswer, cutChunk } = this.#changes;
    const isRepaired = this.#repair?.repair(chunk) === true;
    const isAdjusted = adjustAnswer?.(chunk) === true;
    const cut = cutChunk === undefined ? text : cutChunk(chunk, text);
    return isRepaired || isAdjusted ? null : cut;
  }

  /** `text` is null where the chunk had to be changed. */
  #takeChunk(text: string | null, chunk: Chunk, hasFinish: boolean): readonly string[] {
    const out = text ?? JSON.stringify(chunk);
    if (!hasFinish || !this.isComplete) return [out];
    this.#lastFinish = chunk;
    // A client that asked for usage has its usage chunk after this one.
    return this.#includeUsage ? [out] : this.#keep(chunk, out);
  }

  #takeUsageChunk(text: string, chunk: Chunk): readonly string[] {
    return this.#includeUsage ? this.#keep(chunk, text) : nothing;
  }

  /** Keeps a chunk for the end. What was kept before goes out, unless it is a usage chunk that this one repeats. */
  #keep(chunk: Chunk, text: string): readonly string[] {
    const released = this.#kept !== null && hasChoices(this.#kept) ? [this.#keptText] : nothing;
    this.#kept = chunk;
    this.#keptText = text;
    return released;
  }

  /** Usage alone, an error, or nothing that we know. */
  #takeOther(data: string, chunk: Chunk): readonly string[] {
    const error = classifyOpenAiErrorBody(chunk, this.#changes.toOpenAiError);
    if (error !== null) {
      // Nothing makes a whole answer less than whole.
      if (this.isComplete) return this.#drop();
      this.error = error;
      return nothing;
    }
    if ((chunk.choices ?? null) !== null || !isRecord(chunk.usage)) return this.#drop();
    this.#readUsage(chunk.usage);
    return this.#takeUsageChunk(data, { ...chunk, choices: [] });
  }

  /** Numbers that are none take nothing from what was told before. */
  #readUsage(told: unknown): void {
    const usage = fromOpenAiChatUsage(told);
    if (usage === null) return;
    this.usage = usage;
    this.#usageTold = told;
  }

  #drop(): readonly string[] {
    this.malformedEvents += 1;
    return nothing;
  }

  /** Whether the choice has its finish reason in this chunk. */
  #readChoice(choice: Chunk): boolean {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    if (this.#isFinished[index] === undefined) {
      this.#isFinished[index] = false;
      this.#choicesSeen += 1;
      this.#choicesOpen += 1;
    }
    if (isRecord(choice.delta)) {
      const characters = countCharacters(choice.delta);
      if (characters > 0) {
        this.hasLife = true;
        this.outputCharacters += characters;
      }
    }
    if (typeof choice.finish_reason !== 'string' || choice.finish_reason === '') return false;
    if (this.#isFinished[index] === false) {
      this.#isFinished[index] = true;
      this.#choicesOpen -= 1;
    }
    return true;
  }
}

/** The model broke off here, as aggregators tell it. */
function isBroken(choice: unknown): boolean {
  return isRecord(choice) && (choice.finish_reason === 'error' || isRecord(choice.error));
}

function isChoice(choice: unknown): choice is Chunk {
  if (!isRecord(choice)) return false;
  const { index } = choice;
  if (index === undefined) return true;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < choicesMax;
}

function hasChoices(chunk: Chunk): boolean {
  return Array.isArray(chunk.choices) && chunk.choices.length > 0;
}

/** UTF-16 units of what a delta gives the client: text, refusal, reasoning, arguments, the words of audio. */
function countCharacters(delta: Chunk): number {
  let characters = lengthOf(delta.content) + lengthOf(delta.refusal);
  // Compatible servers say one or the other, and some say both with the same text.
  characters += lengthOf(delta.reasoning_content) || lengthOf(delta.reasoning);
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls) {
      if (isRecord(call)) characters += lengthIn(call.function, 'arguments') + lengthIn(call.custom, 'input');
    }
  }
  if (delta.function_call) characters += lengthIn(delta.function_call, 'arguments');
  if (delta.audio) characters += lengthIn(delta.audio, 'transcript') || lengthIn(delta.audio, 'data');
  return characters;
}

function lengthIn(value: unknown, name: string): number {
  return isRecord(value) ? lengthOf(value[name]) : 0;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
