import { type ChunkRestorer, createChunkRestorer, restoreAnswer, type Vault } from '@aggregator/anonymisation';
import { type AppError, isRecord } from '@aggregator/contracts';
import type { AnswerHead, NativeTrace, SurfaceStream } from '@aggregator/surfaces';
import { AnswerAssembler } from '../remembered/answers/answer-assembler.ts';
import { ReasoningWatch } from '../remembered/reasoning/reasoning-watch.ts';
import type { SaidMessage } from '../remembered/reasoning/remember-reasoning.ts';
import type { ChatJob } from './chat-job.ts';
import type { ChunkEncoder } from './client-stream.ts';

/** What was said in a stream, for who keeps it: the provider's own words, before anything is put back. */
export interface SaidAnswer {
  /** The whole answer; null where it is not to be kept or could not be put together. */
  readonly body: Record<string, unknown> | null;
  /** Messages with thoughts behind calls of tools. */
  readonly thoughtful: readonly SaidMessage[];
  /** The items that were sent to the caller, as far as they can be referred to by id. */
  readonly items: unknown;
  /** The answer as it was sent to the caller, if its surface lets it be referred to; otherwise null. */
  readonly sent: Readonly<Record<string, unknown>> | null;
}

/** Returns the messages of an answer, each as the provider said it and as the client receives it. */
export function readMessages(answer: Record<string, unknown> | null, vault: Vault | null): SaidMessage[] {
  if (answer === null) return [];
  const sent = listMessages(vault === null ? answer : restoreAnswer(answer, vault));
  return listMessages(answer).map((said, at) => ({ said, sent: sent[at] }));
}

function listMessages({ choices }: Record<string, unknown>): unknown[] {
  return Array.isArray(choices) ? choices.map((choice) => (isRecord(choice) ? choice.message : null)) : [];
}

/** From the provider's chunks to the caller's stream: listen, put back what was masked, speak as the surface does. */
export interface AnswerEncoder extends ChunkEncoder {
  /** After the end; `last` without our additions. */
  readSaid(last: Readonly<Record<string, unknown>> | null): SaidAnswer;
}

/** The shortest way there is: where nothing has to be heard or put back, the surface's own stream does all. */
export function createAnswerEncoder({ surface, asked, vault, cacheKey }: ChatJob, head: AnswerHead): AnswerEncoder {
  const stream = surface.createStream(asked, head);
  const watch = (asked.chat.tools ?? []).length > 0 ? new ReasoningWatch() : null;
  const assembler = cacheKey === null ? null : new AnswerAssembler();
  if (watch === null && assembler === null && vault === null) return new PlainEncoder(stream);
  return new ListeningEncoder(stream, watch, assembler, vault);
}

/** Brings a stream to the place where its client is, without writing anything. The names count from the start, the number of events at the end. */
function catchUpWith(stream: SurfaceStream, chunks: readonly string[], trace: NativeTrace | null): void {
  if (trace !== null) stream.follow?.(trace);
  for (const chunk of chunks) stream.push(chunk);
  if (trace !== null) stream.follow?.(trace);
}

class PlainEncoder implements AnswerEncoder {
  readonly #stream: SurfaceStream;

  constructor(stream: SurfaceStream) {
    this.#stream = stream;
  }

  push(chunk: string): string {
    return this.#stream.push(chunk);
  }

  end(last: Readonly<Record<string, unknown>> | null): string {
    return this.#stream.end(last);
  }

  fail(error: AppError): string {
    return this.#stream.fail(error);
  }

  listen(): void {
    // Nothing is kept of what it says.
  }

  catchUp(chunks: readonly string[], trace: NativeTrace | null): void {
    catchUpWith(this.#stream, chunks, trace);
  }

  readSaid(): SaidAnswer {
    return { body: null, thoughtful: [], items: this.#stream.items, sent: this.#stream.answer ?? null };
  }
}

class ListeningEncoder implements AnswerEncoder {
  readonly #stream: SurfaceStream;
  readonly #watch: ReasoningWatch | null;
  readonly #assembler: AnswerAssembler | null;
  readonly #vault: Vault | null;
  readonly #restorer: ChunkRestorer | null;

  constructor(
    stream: SurfaceStream,
    watch: ReasoningWatch | null,
    assembler: AnswerAssembler | null,
    vault: Vault | null,
  ) {
    this.#stream = stream;
    this.#watch = watch;
    this.#assembler = assembler;
    this.#vault = vault;
    this.#restorer = vault === null ? null : createChunkRestorer(vault);
  }

  listen(chunk: string): void {
    this.#watch?.push(chunk);
    this.#assembler?.push(chunk);
  }

  catchUp(chunks: readonly string[], trace: NativeTrace | null): void {
    const { restorer } = { restorer: this.#restorer };
    catchUpWith(this.#stream, restorer === null ? chunks : chunks.map((chunk) => restorer.push(chunk)), trace);
  }

  push(chunk: string): string {
    this.listen(chunk);
    return this.#stream.push(this.#restorer === null ? chunk : this.#restorer.push(chunk));
  }

  end(last: Readonly<Record<string, unknown>> | null): string {
    if (this.#restorer === null) return this.#stream.end(last);
    const sent = last === null ? null : this.#restorer.pushRecord(last);
    return this.#flush() + this.#stream.end(sent);
  }

  fail(error: AppError): string {
    return this.#flush() + this.#stream.fail(error);
  }

  readSaid(last: Readonly<Record<string, unknown>> | null): SaidAnswer {
    return {
      body: this.#assembler?.end(last) ?? null,
      thoughtful: readMessages(this.#watch?.end(last) ?? null, this.#vault),
      items: this.#stream.items,
      sent: this.#stream.answer ?? null,
    };
  }

  /** What was held back of a choice that never finished. */
  #flush(): string {
    const rest = this.#restorer?.flush() ?? null;
    return rest === null ? '' : this.#stream.push(rest);
  }
}
