import { parseRecord, type Usage } from '@aggregator/contracts';
import type { ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';

type Chunk = Record<string, unknown>;

/** A stream whose chunks are changed on their way to the client. All that it reports is that of the stream inside. */
export class EditedStream implements ChatStreamTranslator {
  readonly #inner: ChatStreamTranslator;
  readonly #mayEdit: (text: string) => boolean;
  readonly #edit: (chunk: Readonly<Chunk>) => Chunk;

  /** `mayEdit` sees the text of each chunk, so that one that stays as it is costs no parse. */
  constructor(
    inner: ChatStreamTranslator,
    mayEdit: (text: string) => boolean,
    edit: (chunk: Readonly<Chunk>) => Chunk,
  ) {
    this.#inner = inner;
    this.#mayEdit = mayEdit;
    this.#edit = edit;
  }

  push(data: string): readonly string[] {
    return this.#inner.push(data).map((text) => this.#editText(text));
  }

  release(): readonly string[] {
    return (this.#inner.release?.() ?? []).map((text) => this.#editText(text));
  }

  end(): Chunk | null {
    const last = this.#inner.end();
    return last === null ? null : this.#edit(last);
  }

  get isComplete(): boolean {
    return this.#inner.isComplete;
  }
  get isEnded(): boolean {
    return this.#inner.isEnded;
  }
  get hasLife(): boolean {
    return this.#inner.hasLife;
  }
  get usage(): Usage | null {
    return this.#inner.usage;
  }
  get usageSoFar(): Usage | null {
    return this.#inner.usageSoFar ?? null;
  }
  get reportedUsage(): Usage | null {
    return this.#inner.reportedUsage ?? null;
  }
  get outputCharacters(): number {
    return this.#inner.outputCharacters;
  }
  get malformedEvents(): number {
    return this.#inner.malformedEvents;
  }
  get error(): ProviderError | null {
    return this.#inner.error;
  }

  #editText(text: string): string {
    if (!this.#mayEdit(text)) return text;
    const chunk = parseRecord(text);
    return chunk === null ? text : JSON.stringify(this.#edit(chunk));
  }
}
