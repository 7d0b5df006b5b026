import { AppError } from '@aggregator/contracts';
import type { OpenRequest } from './open-request.ts';

/** Requests between their first intent and their settlement. */
export class OpenRequests {
  readonly #open = new Set<OpenRequest>();
  #onNone: (() => void) | null = null;

  get count(): number {
    return this.#open.size;
  }

  add(request: OpenRequest): void {
    this.#open.add(request);
  }

  remove(request: OpenRequest): void {
    this.#open.delete(request);
    if (this.#open.size === 0) this.#onNone?.();
  }

  /** Ends every call that is still running; each caller is told why. */
  cutAll(): void {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    for (const request of [...this.#open]) request.cut?.(reason);
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
