export interface ExpiringMarksOptions {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  readonly forMs: number;
  /** The oldest mark is forgotten for a new one. */
  readonly sizeMax: number;
}

/** Names that are marked for a while, bounded in number. */
export class ExpiringMarks {
  readonly #options: ExpiringMarksOptions;
  /** Milliseconds at which each mark expires. */
  readonly #expiry = new Map<string, number>();

  constructor(options: ExpiringMarksOptions) {
    this.#options = options;
  }

  add(name: string): void {
    const { now, forMs, sizeMax } = this.#options;
    this.#expiry.delete(name);
    const oldest = this.#expiry.size >= sizeMax ? this.#expiry.keys().next() : null;
    if (oldest !== null && oldest.done !== true) this.#expiry.delete(oldest.value);
    this.#expiry.set(name, now() + forMs);
  }

  has(name: string): boolean {
    const expiryMs = this.#expiry.get(name);
    if (expiryMs === undefined) return false;
    if (this.#options.now() < expiryMs) return true;
    this.#expiry.delete(name);
    return false;
  }
}
