import { isRecord, parseExactRecord, parseRecord, type Usage } from '@aggregator/contracts';
import { countCharacters } from '../chunks/count-characters.ts';
import { splitChunk } from '../chunks/split-chunk.ts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { ChunkCoherence, cutRole, hasDelta, isEmptyChunk, toOneLine } from './coherent-chunks.ts';
import { classifyOpenAiErrorBody } from './errors.ts';
import { readPlainText } from './plain-chunk.ts';
import { hasObjectArguments } from './repair-answer.ts';
import { ChunkRepair } from './repair-chunks.ts';
import type { AnswerChanges } from './response.ts';
import { findOpenAiUsage, readOpenAiChatUsage } from './usage.ts';

type Chunk = Record<string, unknown>;

const nothing: readonly string[] = Object.freeze([]);
/** OpenAI takes `n` up to 128; a choice beyond this bound is ignored. */
const choicesMax = 1024;

interface KeptChunk {
  readonly chunk: Chunk;
  readonly text: string;
}

/**
 * One stream of chat completion chunks. It is read, not rebuilt: a chunk is forwarded as the very text that came, after
 * one `JSON.parse` and a look at the few fields that show how far the answer is.
 *
 * The chunk whose finish reason completes the answer is kept until the end, and so is the usage chunk. What comes after them
 * (late text, a late comment, a moderation result) goes out before them, so that the finish reason is the last word.
 */
export class OpenAiChatStream implements ChatStreamTranslator {
  isComplete = false;
  isEnded = false;
  hasLife = false;
  usage: Usage | null = null;
  reportedUsage: Usage | null = null;
  outputCharacters = 0;
  malformedEvents = 0;
  error: ProviderError | null = null;

  readonly #includeUsage: boolean;
  readonly #choiceCount: number;
  readonly #changes: AnswerChanges;
  /** Null for a server that needs none. */
  readonly #repair: ChunkRepair | null;
  /** The provider's chunks have nothing that is adjusted or cut. */
  readonly #isVerbatim: boolean;
  readonly #coherence = new ChunkCoherence();
  /** By index of the choice: whether it has had its finish reason; undefined before its first chunk. */
  readonly #isFinished: (boolean | undefined)[] = [];
  #choicesSeen = 0;
  #choicesOpen = 0;
  /** The chunk that completed the answer. Null before it, and after `release`. */
  #finish: KeptChunk | null = null;
  /** Head of the same: a client that waits for a usage chunk that never comes gets one made of it. */
  #lastFinish: Chunk | null = null;
  #usageChunk: Chunk | null = null;
  /** Usage as the provider last reported it. */
  #wireUsage: unknown = null;

  constructor({ includeUsage, choiceCount = 1 }: ChatStreamOptions, changes: AnswerChanges = {}) {
    this.#includeUsage = includeUsage;
    this.#choiceCount = choiceCount;
    this.#changes = changes;
    this.#isVerbatim = changes.adjustAnswer === undefined && changes.cutChunk === undefined;
    this.#repair = changes.isLoose === true ? new ChunkRepair() : null;
  }

  push(event: string): readonly string[] {
    if (event === '[DONE]') {
      this.isEnded = true;
      return [...this.#closeChoices(), ...this.release()];
    }
    if (this.error !== null) return nothing;
    const chunk = this.#repair !== null && hasObjectArguments(event) ? parseExactRecord(event) : parseRecord(event);
    if (chunk === null) {
      // An empty event is some servers' keep-alive.
      if (event.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    if (this.#takePlain(chunk, event)) return [event];
    const { choices } = chunk;
    if (!Array.isArray(choices) || chunk.error || choices.some(isBroken)) return this.#takeOther(chunk);
    const text = this.#change(chunk, toOneLine(event));
    if (!choices.every(isChoice)) return this.#drop();
    const reported = findOpenAiUsage(chunk);
    const hasUsage = isRecord(reported);
    if (hasUsage) this.#readUsage(reported);
    if (choices.length === 0) {
      return hasUsage ? this.#takeUsageChunk({ ...chunk, usage: reported }) : [text ?? JSON.stringify(chunk)];
    }
    // As with OpenAI, usage is in a separate chunk, if at all: clients add up what they find in several.
    const said = hasUsage ? withoutUsage(chunk) : chunk;
    const kept = hasUsage ? null : text;
    const isUnified = this.#unifyRoles(said);
    const parts = splitChunk(said);
    if (parts !== null) return parts.flatMap((part) => this.#takePart(part, null));
    return this.#takePart(said, isUnified && kept !== null ? cutRole(kept, listChoices(said)) : kept);
  }

  /** Takes a chunk of text that needs no change, in the middle of the first choice. Returns false for every other chunk. */
  #takePlain(chunk: Chunk, event: string): boolean {
    if (!this.#isVerbatim || this.#isFinished[0] !== false) return false;
    const text = readPlainText(chunk);
    if (text === null || !this.#coherence.isUnified(chunk, 0) || toOneLine(event) !== event) return false;
    if (text !== '') {
      this.hasLife = true;
      this.outputCharacters += text.length;
    }
    return true;
  }

  #unifyRoles(chunk: Chunk): boolean {
    let isChanged = false;
    for (const choice of listChoices(chunk)) {
      if (this.#coherence.unifyRole(choice, indexOf(choice))) isChanged = true;
    }
    return isChanged;
  }

  /** Takes a chunk of OpenAI's own form; `text` is null if it has to be written again. */
  #takePart(chunk: Chunk, text: string | null): readonly string[] {
    const choices = listChoices(chunk);
    let hasFinish = false;
    let isRepeated = false;
    for (const choice of choices) {
      const index = indexOf(choice);
      if (this.#isFinished[index] === true) isRepeated = this.#withdraw(choice, index) || isRepeated;
      else hasFinish = this.#readChoice(choice, index) || hasFinish;
    }
    if (isRepeated && isEmptyChunk(choices)) return nothing;
    this.isComplete = this.#choicesOpen === 0 && this.#choicesSeen >= this.#choiceCount;
    return this.#takeChunk(isRepeated ? null : text, chunk, hasFinish);
  }

  release(): readonly string[] {
    // A client that did not ask for usage has the finish reason in the last chunk, which `end` returns.
    if (!this.#includeUsage || !this.isComplete || this.error !== null || this.#finish === null) return nothing;
    const { text } = this.#finish;
    this.#finish = null;
    return [text];
  }

  end(): Record<string, unknown> | null {
    if (!this.isComplete || this.error !== null) return null;
    if (!this.#includeUsage) return this.#finish?.chunk ?? null;
    if (this.#usageChunk !== null || this.#lastFinish === null) return this.#usageChunk;
    return { ...this.#lastFinish, choices: [], usage: this.#wireUsage };
  }

  /** The text of the chunk after its changes; null if it has to be written again. */
  #change(chunk: Chunk, text: string): string | null {
    const { adjustAnswer, cutChunk } = this.#changes;
    const isRepaired = this.#repair?.repair(chunk) === true;
    const isAdjusted = adjustAnswer?.(chunk) === true;
    const cut = cutChunk === undefined ? text : cutChunk(chunk, text);
    const isUnified = this.#coherence.unifyId(chunk);
    return isRepaired || isAdjusted || isUnified ? null : cut;
  }

  /** `text` is null if the chunk was changed. */
  #takeChunk(text: string | null, chunk: Chunk, hasFinish: boolean): readonly string[] {
    const out = text ?? JSON.stringify(chunk);
    if (hasFinish) this.#lastFinish = chunk;
    if (hasFinish && this.isComplete) {
      // The finish reason of another choice, which was begun after it.
      const earlier = this.#finish === null ? nothing : [this.#finish.text];
      this.#finish = { chunk, text: out };
      return earlier;
    }
    return [out];
  }

  #takeUsageChunk(chunk: Chunk): readonly string[] {
    if (this.#includeUsage) this.#usageChunk = chunk;
    return nothing;
  }

  /**
   * Removes a second finish reason, and also late text if the first finish reason has gone out. Returns whether the choice was
   * changed.
   */
  #withdraw(choice: Chunk, index: number): boolean {
    const hasFinish = typeof choice.finish_reason === 'string' && choice.finish_reason !== '';
    if (hasFinish) choice.finish_reason = null;
    const isHeld = this.#finish !== null && listChoices(this.#finish.chunk).some((one) => (one.index ?? 0) === index);
    if (isHeld) {
      this.#count(choice);
      return hasFinish;
    }
    if (hasDelta(choice.delta)) {
      choice.delta = {};
      this.malformedEvents += 1;
    }
    // An empty chunk is dropped: the finish reason was the last word of its choice.
    return true;
  }

  /**
   * With `[DONE]` a loose server has said everything if one choice is finished. Some make fewer choices than `n` asks for, and
   * some leave out the finish reason of all choices but one: the others get "stop".
   */
  #closeChoices(): readonly string[] {
    const head = this.#lastFinish;
    if (this.#repair === null || this.isComplete || head === null || this.error !== null) return nothing;
    const open = this.#isFinished.flatMap((isFinished, index) => (isFinished === false ? [index] : []));
    for (const index of open) this.#isFinished[index] = true;
    this.#choicesOpen = 0;
    this.isComplete = true;
    return open.map((index) =>
      JSON.stringify({ ...head, choices: [{ index, delta: {}, logprobs: null, finish_reason: 'stop' }] }),
    );
  }

  /** Usage alone, an error, or nothing that we know. */
  #takeOther(chunk: Chunk): readonly string[] {
    const error = classifyOpenAiErrorBody(chunk, this.#changes);
    if (error !== null) {
      // Nothing makes a whole answer less than whole.
      if (this.isComplete) return this.#drop();
      this.error = error;
      return nothing;
    }
    if ((chunk.choices ?? null) !== null || !isRecord(chunk.usage)) return this.#drop();
    this.#readUsage(chunk.usage);
    this.#coherence.unifyId(chunk);
    return this.#takeUsageChunk({ ...chunk, choices: [] });
  }

  /** Invalid numbers leave the earlier report unchanged. */
  #readUsage(reported: unknown): void {
    const reading = readOpenAiChatUsage(reported);
    if (reading === null) return;
    this.usage = reading.usage;
    this.reportedUsage = reading.reportedUsage;
    this.#wireUsage = reported;
  }

  #drop(): readonly string[] {
    this.malformedEvents += 1;
    return nothing;
  }

  /** Returns whether the choice has its finish reason in this chunk. */
  #readChoice(choice: Chunk, index: number): boolean {
    if (this.#isFinished[index] === undefined) {
      this.#isFinished[index] = false;
      this.#choicesSeen += 1;
      this.#choicesOpen += 1;
    }
    this.#count(choice);
    if (typeof choice.finish_reason !== 'string' || choice.finish_reason === '') return false;
    this.#isFinished[index] = true;
    this.#choicesOpen -= 1;
    return true;
  }

  #count({ delta }: Chunk): void {
    const characters = isRecord(delta) ? countCharacters(delta) : 0;
    if (characters === 0) return;
    this.hasLife = true;
    this.outputCharacters += characters;
  }
}

/** The model broke off here, as aggregators report it. */
function isBroken(choice: unknown): boolean {
  return isRecord(choice) && (choice.finish_reason === 'error' || isRecord(choice.error));
}

/** The chunk without usage, in all places of it. */
function withoutUsage(chunk: Chunk): Chunk {
  const { x_groq: groq, choices } = chunk;
  const said = Array.isArray(choices) ? choices.filter(isRecord).map(({ usage: _usage, ...choice }) => choice) : [];
  const { usage: _usage, ...rest } = isRecord(groq) ? groq : {};
  return { ...chunk, choices: said, ...(groq !== undefined && { x_groq: rest }), usage: null };
}

function indexOf({ index }: Chunk): number {
  return typeof index === 'number' ? index : 0;
}

function isChoice(choice: unknown): choice is Chunk {
  if (!isRecord(choice)) return false;
  const { index } = choice;
  if (index === undefined) return true;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < choicesMax;
}

function listChoices({ choices }: Chunk): Chunk[] {
  return Array.isArray(choices) ? choices.filter(isRecord) : [];
}
