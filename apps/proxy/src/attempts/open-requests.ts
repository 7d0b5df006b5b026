import { AppError } from '@aggregator/contracts';
import { Roster } from '@aggregator/service-kit';
import type { OpenRequest } from './open-request.ts';

/** Requests between their first intent and their settlement. */
export class OpenRequests {
  readonly #open = new Roster<OpenRequest>();
  #onNone: (() => void) | null = null;

  get count(): number {
    return this.#open.size;
  }

  get streams(): number {
    let count = 0;
    for (const { isStreamed } of this.#open) if (isStreamed) count += 1;
    return count;
  }

  /** Returns a function that marks it as settled. */
  enter(request: OpenRequest): () => void {
    const leave = this.#open.enter(request);
    return () => {
      leave();
      if (this.#open.size === 0) this.#onNone?.();
    };
  }

  /** Ends every call that is still running; each caller receives the reason. Returns how many of them were streams. */
  cutAll(): number {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    const running = [...this.#open].filter(({ cut }) => cut !== null);
    for (const request of running) request.cut?.(reason);
    return running.filter(({ isStreamed }) => isStreamed).length;
  }

  /** Resolves when all are settled, or after `deadlineMs`. */
  async waitUntilNone(deadlineMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.#onNone = resolve;
    await promise;
    clearTimeout(timer);
  }
}
