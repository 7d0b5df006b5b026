import { pauseAfter } from '@aggregator/resilience';

export interface RepeatingTask {
  /** Ends the present wait, so that the next run starts at once. */
  wake(): void;
  /** Waits for the run in progress; none starts after it. */
  close(): Promise<void>;
}

/**
 * Runs a task again and again, one run at a time. After a failure the wait doubles with each further one, up to
 * `backOffMsMax`; a success brings it back to `intervalMs`, which may be longer.
 */
export function repeat(options: {
  intervalMs: number;
  backOffMsMax: number;
  run(): Promise<void>;
  onError(error: unknown): void;
}): RepeatingTask {
  const { intervalMs, backOffMsMax: longestMs } = options;
  const backOff = { firstMs: intervalMs, longestMs };
  let isClosed = false;
  let failures = 0;
  let endWait: () => void = () => undefined;

  const wait = (delayMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const runOnce = async () => {
    try {
      await options.run();
      failures = 0;
    } catch (error) {
      failures += 1;
      options.onError(error);
    }
  };

  const loop = async () => {
    while (!isClosed) {
      await runOnce();
      if (!isClosed) await wait(failures === 0 ? intervalMs : pauseAfter(failures + 1, backOff));
    }
  };

  const running = loop();
  return {
    wake: () => endWait(),
    async close() {
      isClosed = true;
      endWait();
      await running;
    },
  };
}
