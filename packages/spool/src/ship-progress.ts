import { AppError } from '@aggregator/contracts';

interface Waiter {
  settledTotal: number;
  resolve(): void;
}

/** How many settlements there were and how many of them are acknowledged, with those who wait for that. */
export class ShipProgress {
  readonly #waiters = new Set<Waiter>();
  #settledTotal: number;
  #shippedTotal = 0;

  constructor(unshipped: number) {
    this.#settledTotal = unshipped;
  }

  get settled(): number {
    return this.#settledTotal;
  }

  get shipped(): number {
    return this.#shippedTotal;
  }

  get unshipped(): number {
    return this.#settledTotal - this.#shippedTotal;
  }

  addSettled(): void {
    this.#settledTotal += 1;
  }

  addShipped(count: number): void {
    this.#shippedTotal += count;
    for (const waiter of this.#waiters) {
      if (this.#shippedTotal < waiter.settledTotal) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Resolves when everything settled so far is acknowledged; rejects with `service_unavailable` after `deadlineMs`. */
  async wait(deadlineMs: number): Promise<void> {
    if (this.unshipped <= 0) return;
    const settledTotal = this.#settledTotal;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const internal = `${settledTotal - this.#shippedTotal} settlements not shipped within ${deadlineMs} ms`;
        reject(new AppError('service_unavailable', { internal }));
      }, deadlineMs);
      const waiter: Waiter = {
        settledTotal,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }
}
