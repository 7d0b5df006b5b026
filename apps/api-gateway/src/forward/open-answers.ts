import { AppError } from '@aggregator/contracts';
import type { AnswerRelay } from './relay-answer.ts';

/** Answers of proxies on their way to clients. */
export class OpenAnswers {
  readonly #open = new Set<AnswerRelay>();
  readonly #onStreamCut: () => void;
  #isCut = false;

  constructor(onStreamCut: () => void) {
    this.#onStreamCut = onStreamCut;
  }

  get count(): number {
    return this.#open.size;
  }

  /** We are about to end: nothing new is begun. */
  get isCut(): boolean {
    return this.#isCut;
  }

  add(relay: AnswerRelay): void {
    this.#open.add(relay);
    if (this.#isCut) this.#cut(relay);
  }

  remove(relay: AnswerRelay): void {
    this.#open.delete(relay);
  }

  /** Ends all of them; each client is told why, as far as its answer still allows. */
  cutAll(): void {
    this.#isCut = true;
    for (const relay of [...this.#open]) this.#cut(relay);
  }

  #cut(relay: AnswerRelay): void {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    if (relay.cut(reason)) this.#onStreamCut();
  }
}
