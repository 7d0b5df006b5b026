import { AppError } from '@aggregator/contracts';

/** Runs a job when its turn comes; throws `service_unavailable` at once where too many wait already. */
export type BoundedQueue = <Result>(job: () => Promise<Result>) => Promise<Result>;

/**
 * At most `concurrencyMax` jobs run at once and at most `waitingMax` wait, first come first served. Keeps a flood of
 * expensive work from taking every thread and from queueing without end.
 */
export function createBoundedQueue(options: { concurrencyMax: number; waitingMax: number }): BoundedQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (job) => {
    if (running < options.concurrencyMax) running += 1;
    else if (waiting.length < options.waitingMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new AppError('service_unavailable', { internal: 'the password queue is full', retryAfterMs: 2000 });
    try {
      return await job();
    } finally {
      // The place passes on to who waited longest, so that a newcomer cannot overtake.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
