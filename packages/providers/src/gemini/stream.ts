import { isRecord, parseExactRecord, parseRecord, type Usage } from '@aggregator/contracts';
import { splitChunk } from '../chunks/split-chunk.ts';
import { notUnderstood } from '../errors/verdicts.ts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { classifyGeminiErrorBody, toBlockedPrompt } from './errors.ts';
import { fromGeminiFinishReason, isFailedFinish } from './finish-reason.ts';
import { fromGeminiLogprobs } from './logprobs.ts';
import { PartReader, type Said, toAnswerId } from './read-parts.ts';
import { createdUnknown } from './response.ts';
import { readGeminiUsage } from './usage.ts';
import { promptFeedbackWire } from './wire.ts';

type Fields = Record<string, unknown>;

/** A choice of the answer that has begun. */
interface OpenChoice {
  readonly index: number;
  readonly reader: PartReader;
  isFinished: boolean;
}

const nothing: readonly string[] = Object.freeze([]);
/** Gemini gives at most eight candidates; a choice beyond this bound is ignored. */
const choicesMax = 128;

/**
 * One stream of answers, each a piece of the whole in the form of a plain one, as chunks of a chat completion. The finish
 * reason of the last candidate makes the answer whole; nothing ends the stream but its end. Usage comes in every piece as
 * a running total and counts once the answer is whole: before, it is not what will be charged.
 * Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent (read 2026-11).
 */
export class GeminiChatStream implements ChatStreamTranslator {
  isComplete = false;
  readonly isEnded = false;
  hasLife = false;
  usage: Usage | null = null;
  reportedUsage: Usage | null = null;
  outputCharacters = 0;
  malformedEvents = 0;
  error: ProviderError | null = null;

  readonly #includeUsage: boolean;
  readonly #choiceCount: number;
  readonly #createdAt: number;
  readonly #choices: (OpenChoice | undefined)[] = [];
  #choicesFinished = 0;
  #model: string;
  #id = '';
  /** A chunk up to its choices; empty before the first. */
  #head = '';
  #wireUsage: unknown = null;
  /** The chunk that made the answer whole, kept for the end where no usage chunk follows it. */
  #lastFinish: Fields | null = null;

  constructor({ includeUsage, choiceCount = 1, createdAt = createdUnknown, model = '' }: ChatStreamOptions) {
    this.#includeUsage = includeUsage;
    this.#choiceCount = choiceCount;
    this.#createdAt = createdAt;
    this.#model = model;
  }

  push(data: string): readonly string[] {
    if (this.error !== null) return nothing;
    const answer = data.includes('"functionCall"') ? parseExactRecord(data) : parseRecord(data);
    if (answer === null) {
      if (data.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    const error = classifyGeminiErrorBody(answer);
    if (error !== null) return this.#fail(error);
    const { candidates, usageMetadata, promptFeedback } = answer;
    if (isRecord(usageMetadata)) this.#wireUsage = usageMetadata;
    this.#begin(answer);
    const chunks = Array.isArray(candidates) ? this.#takeCandidates(candidates) : nothing;
    if (this.isComplete) this.#readUsage();
    if (Array.isArray(candidates) && candidates.length > 0) return chunks;
    const feedback = promptFeedbackWire.parse(promptFeedback);
    if (feedback?.blockReason) return this.#fail(toBlockedPrompt(feedback.blockReason, feedback.blockReasonMessage));
    // A piece may hold usage or its own name alone.
    return isRecord(usageMetadata) || typeof answer.responseId === 'string' ? nothing : this.#drop();
  }

  get usageSoFar(): Usage | null {
    return readGeminiUsage(this.#wireUsage)?.usage ?? null;
  }

  end(): Fields | null {
    if (!this.isComplete || this.error !== null) return null;
    if (!this.#includeUsage) return this.#lastFinish;
    return { ...this.#toChunk([]), usage: this.usage === null ? null : toOpenAiUsage(this.usage) };
  }

  #readUsage(): void {
    const reading = readGeminiUsage(this.#wireUsage);
    this.usage = reading?.usage ?? null;
    this.reportedUsage = reading?.reportedUsage ?? null;
  }

  #begin({ responseId, modelVersion }: Fields): void {
    if (this.#head !== '') return;
    this.#id = toAnswerId(responseId);
    if (typeof modelVersion === 'string') this.#model = modelVersion;
    // Without the `]}` that closes it.
    this.#head = JSON.stringify(this.#toChunk([])).slice(0, -2);
  }

  #takeCandidates(candidates: readonly unknown[]): readonly string[] {
    const chunks: string[] = [];
    for (const candidate of candidates) {
      if (this.error !== null) break;
      const choice = isRecord(candidate) ? this.#choiceOf(candidate.index ?? 0) : null;
      if (choice === null || !isRecord(candidate)) this.#drop();
      else this.#takeCandidate(candidate, choice, chunks);
    }
    return chunks;
  }

  #takeCandidate(candidate: Fields, choice: OpenChoice, chunks: string[]): void {
    const { content, finishReason: reason, finishMessage, logprobsResult } = candidate;
    const isFirst = this.#choices[choice.index] === undefined;
    this.#choices[choice.index] = choice;
    const parts = isRecord(content) && Array.isArray(content.parts) ? content.parts : [];
    const said = choice.reader.read(parts);
    const finishReason = typeof reason === 'string' && reason !== '' && !choice.isFinished ? reason : null;
    if (finishReason !== null && isFailedFinish(finishReason)) {
      this.#fail(notUnderstood(`finish reason ${finishReason}`));
      return;
    }
    const finish = finishReason === null ? null : fromGeminiFinishReason(finishReason, choice.reader.hasCalls);
    const refusal = finish === 'content_filter' && typeof finishMessage === 'string' ? finishMessage : '';
    this.#count(said, refusal);
    const delta = toDelta(said, refusal, isFirst);
    if (delta !== null) {
      const logprobs = logprobsResult === undefined ? null : fromGeminiLogprobs(logprobsResult);
      const piece = { index: choice.index, delta, ...(logprobs !== null && { logprobs }), finish_reason: null };
      for (const { choices } of splitChunk({ choices: [piece] }) ?? [{ choices: [piece] }]) {
        chunks.push(`${this.#head}${JSON.stringify(choices).slice(1)}}`);
      }
    }
    if (finish !== null) this.#finish(choice, finish, chunks);
  }

  #finish(choice: OpenChoice, finishReason: string, chunks: string[]): void {
    choice.isFinished = true;
    this.#choicesFinished += 1;
    this.isComplete = this.#choicesFinished >= this.#choiceCount;
    const chunk = this.#toChunk([{ index: choice.index, delta: {}, finish_reason: finishReason }]);
    // The finish reason is the end of the stream for who does not wait for usage: it is kept for our additions.
    if (this.isComplete && !this.#includeUsage) this.#lastFinish = chunk;
    else chunks.push(JSON.stringify(chunk));
  }

  /** Null if the index is none. A choice is known from its first piece on. */
  #choiceOf(index: unknown): OpenChoice | null {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= choicesMax) return null;
    return this.#choices[index] ?? { index, reader: new PartReader(this.#id, index), isFinished: false };
  }

  #count({ text, reasoning, calls, images }: Said, refusal: string): void {
    let characters = text.length + reasoning.length + refusal.length;
    for (const call of calls) characters += call.function.arguments.length;
    this.outputCharacters += characters;
    if (characters > 0 || images.length > 0) this.hasLife = true;
  }

  /** Nothing makes a whole answer less than whole. */
  #fail(error: ProviderError): readonly string[] {
    if (this.isComplete) return this.#drop();
    this.error = error;
    return nothing;
  }

  #drop(): readonly string[] {
    this.malformedEvents += 1;
    return nothing;
  }

  #toChunk(choices: readonly object[]): Fields {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#createdAt, model: this.#model, choices };
  }
}

/** Null if there is nothing to send. The first delta of a choice carries the role as well. */
function toDelta({ text, reasoning, calls, images, details }: Said, refusal: string, isFirst: boolean): Fields | null {
  const isEmpty = text === '' && reasoning === '' && refusal === '';
  if (!isFirst && isEmpty && calls.length + images.length + details.length === 0) return null;
  return {
    ...(isFirst && { role: 'assistant' }),
    ...((text !== '' || isFirst) && { content: text }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(refusal !== '' && { refusal }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
}
