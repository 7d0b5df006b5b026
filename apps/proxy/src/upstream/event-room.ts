import { AppError } from '@aggregator/contracts';

/** Smaller events are in the memory that every stream has. */
const freeBytes = 64 * 1024;

/**
 * Memory for large events that are not whole yet, of all streams together and of one provider. A single event may be 8 MiB, and
 * a provider that sends only beginnings must not take the memory of all.
 */
export class EventRoom {
  readonly #totalMax: number;
  readonly #providerMax: number;
  readonly #byProvider = new Map<string, number>();
  #total = 0;

  constructor(limits: { readonly totalMax: number; readonly providerMax: number }) {
    this.#totalMax = limits.totalMax;
    this.#providerMax = limits.providerMax;
  }

  /** Bytes that are held now. */
  get total(): number {
    return this.#total;
  }

  /** The share of one stream. */
  enter(provider: string): EventShare {
    return new EventShare((change) => this.#change(provider, change));
  }

  /** False if there is no room; then nothing is changed. */
  #change(provider: string, change: number): boolean {
    const total = this.#total + change;
    const ofProvider = (this.#byProvider.get(provider) ?? 0) + change;
    if (change > 0 && (total > this.#totalMax || ofProvider > this.#providerMax)) return false;
    this.#total = total;
    if (ofProvider === 0) this.#byProvider.delete(provider);
    else this.#byProvider.set(provider, ofProvider);
    return true;
  }
}

export class EventShare {
  readonly #change: (bytes: number) => boolean;
  #held = 0;

  constructor(change: (bytes: number) => boolean) {
    this.#change = change;
  }

  /**
   * The stream holds so many bytes of an event that is not whole.
   * @throws {AppError} `service_unavailable` if there is no room for them.
   */
  hold(bytes: number): void {
    const counted = bytes > freeBytes ? bytes : 0;
    if (counted === this.#held) return;
    if (!this.#change(counted - this.#held)) {
      throw new AppError('service_unavailable', { internal: 'no room for a large event', retryAfterMs: 1000 });
    }
    this.#held = counted;
  }

  leave(): void {
    this.hold(0);
  }
}
