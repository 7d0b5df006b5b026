import { parseRecord, type Usage } from '@aggregator/contracts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { isResponsesEvent, ResponsesChatStream } from './responses/stream.ts';
import { OpenAiChatStream } from './stream.ts';

/** A stream of OpenAI itself: chunks of a chat completion, or events of a response. The first event shows which. */
export class OpenAiStream implements ChatStreamTranslator {
  readonly #options: ChatStreamOptions;
  #stream: ChatStreamTranslator;
  #isKnown = false;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
    this.#stream = new OpenAiChatStream(options);
  }

  push(data: string): readonly string[] {
    if (!this.#isKnown) this.#recognise(data);
    return this.#stream.push(data);
  }

  release(): readonly string[] {
    return this.#stream.release?.() ?? [];
  }

  end(): Record<string, unknown> | null {
    return this.#stream.end();
  }

  get isComplete(): boolean {
    return this.#stream.isComplete;
  }

  get isEnded(): boolean {
    return this.#stream.isEnded;
  }

  get hasLife(): boolean {
    return this.#stream.hasLife;
  }

  get usage(): Usage | null {
    return this.#stream.usage;
  }

  get reportedUsage(): Usage | null {
    return this.#stream.reportedUsage ?? null;
  }

  get outputCharacters(): number {
    return this.#stream.outputCharacters;
  }

  get malformedEvents(): number {
    return this.#stream.malformedEvents;
  }

  get hasUntranslated(): boolean {
    return this.#stream.hasUntranslated ?? false;
  }

  get error(): ProviderError | null {
    return this.#stream.error;
  }

  /** An event that is not JSON is skipped, and the next one is looked at. */
  #recognise(data: string): void {
    const event = parseRecord(data);
    if (event === null) return;
    this.#isKnown = true;
    if (isResponsesEvent(event)) this.#stream = new ResponsesChatStream(this.#options);
  }
}
