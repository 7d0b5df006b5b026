import { AppError } from '@aggregator/contracts';
import type { Attempt } from './begin-attempt.ts';

/** Attempts between their intent and their settlement. */
export class OpenAttempts {
  readonly #open = new Set<Attempt>();
  #onNone: (() => void) | null = null;

  get count(): number {
    return this.#open.size;
  }

  add(attempt: Attempt): void {
    this.#open.add(attempt);
  }

  remove(attempt: Attempt): void {
    this.#open.delete(attempt);
    if (this.#open.size === 0) this.#onNone?.();
  }

  /** Ends every call that is still running; each caller is told why. */
  cutAll(): void {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    for (const attempt of [...this.#open]) attempt.cut?.(reason);
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
