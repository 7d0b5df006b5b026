import { type BackOff, pauseAfter } from '@aggregator/resilience';

/** A wait, of one waiter at a time, that another can end early. */
export class Pause {
  #end: (() => void) | undefined;
  #isClosed = false;

  wait(delayMs: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      this.#end = end;
    });
  }

  /** Ends the wait in progress. */
  wake(): void {
    this.#end?.();
  }

  /** Ends the wait in progress, and every later one at once. */
  close(): void {
    this.#isClosed = true;
    this.wake();
  }
}

const backOff: BackOff = { firstMs: 100, longestMs: 5_000 };

/** How long to wait after so many failures in a row (1…): doubles from 100 ms to 5 s. */
export function backOffMs(failures: number): number {
  return pauseAfter(failures, backOff);
}
