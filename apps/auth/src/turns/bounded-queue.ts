import { AppError } from '@aggregator/contracts';

/**
 * Runs a job when its turn comes. `owner` is the client that asks. Throws `service_unavailable` if too many jobs wait, or too
 * many of the owner.
 */
export type BoundedQueue = <Result>(owner: string, job: () => Promise<Result>) => Promise<Result>;

interface Waiting {
  start(): void;
  reject(error: AppError): void;
}

/**
 * At most `concurrencyMax` jobs run at once, `waitingMax` wait, and `waitingPerOwnerMax` of one owner. Owners take turns, so
 * that a burst of one owner delays another owner by one job at most. When the queue is full, a job of an owner with fewer
 * waiting jobs displaces the last job of the owner with most. `runningPerOwnerMax`: `concurrencyMax` if absent.
 */
export function createBoundedQueue(options: {
  concurrencyMax: number;
  runningPerOwnerMax?: number;
  waitingMax: number;
  waitingPerOwnerMax: number;
}): BoundedQueue {
  /** In the order of their turns; no list is empty. */
  const waiting = new Map<string, Waiting[]>();
  let waitingCount = 0;
  const { runningPerOwnerMax = options.concurrencyMax } = options;
  /** Of each owner; no count is 0. */
  const runningOf = new Map<string, number>();
  let running = 0;

  const mayRun = (owner: string) =>
    running < options.concurrencyMax && (runningOf.get(owner) ?? 0) < runningPerOwnerMax;

  const count = (owner: string, by: 1 | -1) => {
    running += by;
    const left = (runningOf.get(owner) ?? 0) + by;
    if (left === 0) runningOf.delete(owner);
    else runningOf.set(owner, left);
  };

  const admit = (owner: string) => {
    const own = waiting.get(owner)?.length ?? 0;
    if (own >= options.waitingPerOwnerMax) throw queueFull();
    if (waitingCount < options.waitingMax) return;
    const [longest, jobs] = [...waiting].reduce((most, one) => (one[1].length > most[1].length ? one : most));
    if (jobs.length <= own + 1) throw queueFull();
    jobs.pop()?.reject(queueFull());
    waitingCount -= 1;
    if (jobs.length === 0) waiting.delete(longest);
  };

  const wait = (owner: string) =>
    new Promise<void>((start, reject) => {
      const jobs = waiting.get(owner);
      if (jobs === undefined) waiting.set(owner, [{ start, reject }]);
      else jobs.push({ start, reject });
      waitingCount += 1;
    });

  /** The place passes on to the owner whose turn it is, so that a newcomer cannot overtake. */
  const passOn = () => {
    const turn = [...waiting].find(([owner]) => mayRun(owner));
    if (turn === undefined) return;
    const [owner, jobs] = turn;
    const next = jobs.shift();
    waiting.delete(owner);
    if (jobs.length > 0) waiting.set(owner, jobs);
    waitingCount -= 1;
    count(owner, 1);
    next?.start();
  };

  return async (owner, job) => {
    if (mayRun(owner)) count(owner, 1);
    else {
      admit(owner);
      await wait(owner);
    }
    try {
      return await job();
    } finally {
      count(owner, -1);
      passOn();
    }
  };
}

function queueFull(): AppError {
  return new AppError('service_unavailable', { internal: 'too many wait for their turn', retryAfterMs: 2000 });
}
