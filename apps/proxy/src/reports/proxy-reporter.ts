import { pauseAfter } from '@aggregator/resilience';

interface ReporterOptions {
  /** Ends by its own deadline. */
  send(): Promise<void>;
  /** Between two reports, give or take a fifth, so that proxies that started together do not stay together. */
  intervalMs: number;
  /** Called for the first failure of a row of failures. */
  onFailure(error: unknown): void;
}

const retryMsMin = 1000;
const jitter = 0.2;

/** Reports over and over, and at once where there is news. One report at a time: what has happened meanwhile is in the next. */
export class ProxyReporter {
  readonly #options: ReporterOptions;
  #hasNews = false;
  #wake: (() => void) | null = null;
  #failures = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** There is something that should not wait. */
  noteNews(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  /** Until `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    while (!signal.aborted) {
      this.#hasNews = false;
      await this.#report();
      if (!this.#hasNews && !signal.aborted) await this.#pause();
    }
  }

  async #report(): Promise<void> {
    try {
      await this.#options.send();
      this.#failures = 0;
    } catch (error) {
      if (this.#failures === 0) this.#options.onFailure(error);
      this.#failures += 1;
    }
  }

  /** Sooner after a failure, which may have been of an answer that the orchestrator waits for. */
  async #pause(): Promise<void> {
    const { intervalMs } = this.#options;
    const pauseMs =
      this.#failures === 0 ? intervalMs : pauseAfter(this.#failures, { firstMs: retryMsMin, longestMs: intervalMs });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, pauseMs * (1 - jitter + 2 * jitter * Math.random()));
    await promise;
    clearTimeout(timer);
    this.#wake = null;
  }
}
