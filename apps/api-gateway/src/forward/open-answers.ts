import { AppError } from '@aggregator/contracts';
import { Roster } from '@aggregator/service-kit';
import type { AnswerRelay } from './relay-answer.ts';

/** Answers of proxies on their way to clients. */
export class OpenAnswers {
  readonly #open = new Roster<AnswerRelay>();
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

  /** Answers how to say that it is over. */
  enter(relay: AnswerRelay): () => void {
    const leave = this.#open.enter(relay);
    if (this.#isCut) this.#cut(relay);
    return leave;
  }

  /** Ends all of them; each client is told why, as far as its answer still allows. */
  cutAll(): void {
    this.#isCut = true;
    for (const relay of this.#open) this.#cut(relay);
  }

  #cut(relay: AnswerRelay): void {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    if (relay.cut(reason)) this.#onStreamCut();
  }
}
