import type { RoutingState } from '@aggregator/contracts';
import type { Clock } from '@aggregator/kubernetes';

export interface ObserverOptions {
  readonly clock: Clock;
  readState(): Promise<RoutingState>;
  onState(state: RoutingState): void;
  onFailure(error: unknown): void;
  /** True if an object waits for reports of proxies. */
  isWaiting(): boolean;
}

const waitingMs = 200;
const restingMs = 5000;
/** An object that waits longer than this waits for a repair: then five calls a second are not needed. */
const patienceMs = 60_000;
const patientMs = 1000;

/** Asks the orchestrator what the proxies serve: often while something is on its way to them, else now and then. */
export class Observer {
  readonly #options: ObserverOptions;
  #cancel: (() => void) | null = null;
  #asking: Promise<void> | null = null;
  #wokenAtMs = 0;
  #isClosed = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /** Something is on its way: asks soon, and often for a while. */
  wake(): void {
    this.#wokenAtMs = this.#options.clock.nowMs();
    if (this.#asking === null) this.#schedule(waitingMs);
  }

  /** Waits for the question under way, which has its own deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#asking;
  }

  #schedule(delayMs: number): void {
    this.#cancel?.();
    if (this.#isClosed) return;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      this.#asking = this.#ask().then((hasAnswered) => {
        this.#asking = null;
        this.#schedule(this.#pauseMs(hasAnswered));
      });
    });
  }

  async #ask(): Promise<boolean> {
    const { readState, onState, onFailure } = this.#options;
    try {
      onState(await readState());
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    }
  }

  #pauseMs(hasAnswered: boolean): number {
    if (!this.#options.isWaiting()) return restingMs;
    const isPatient = !hasAnswered || this.#options.clock.nowMs() - this.#wokenAtMs > patienceMs;
    return isPatient ? patientMs : waitingMs;
  }
}
