interface StoreWatchOptions {
  /** Must have its own deadline. */
  probe(): Promise<unknown>;
  onChange(isAway: boolean, error: unknown): void;
}

const probeIntervalMs = 1000;

/** The state of the counter store: away from a failed call until a probe succeeds. */
export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #isAway = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** A call has failed. */
  leave(error: unknown): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    this.#options.onChange(true, error);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#probe(), probeIntervalMs).unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe();
    } catch {
      this.#schedule();
      return;
    }
    this.#isAway = false;
    this.#options.onChange(false, undefined);
  }
}
