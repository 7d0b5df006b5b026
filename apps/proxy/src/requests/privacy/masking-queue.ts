import type { MaskingJob, MaskingOutcome } from '@aggregator/anonymisation';
import { AppError } from '@aggregator/contracts';
import { MaskingProcess, type MaskingProcessOptions } from './masking-process.ts';

export interface MaskingQueueOptions extends MaskingProcessOptions {
  readonly processesMax: number;
  /** Jobs that wait or run, all callers together. */
  readonly jobsMax: number;
  /** Jobs of one caller among them. */
  readonly callerJobsMax: number;
}

interface Waiting {
  readonly job: MaskingJob;
  /** False if the client has left. */
  readonly isWanted: () => boolean;
  resolve(outcome: MaskingOutcome): void;
  reject(error: unknown): void;
}

/**
 * Large texts are masked beside the event loop, so that no other request waits for them (I4). The queue is bounded, for each
 * caller and in all, and callers take turns (I12).
 */
export class MaskingQueue {
  readonly #options: MaskingQueueOptions;
  readonly #idle: MaskingProcess[];
  readonly #processes: readonly MaskingProcess[];
  readonly #waiting = new Map<string, Waiting[]>();
  /** Jobs that wait or run, by caller. */
  readonly #counts = new Map<string, number>();
  #count = 0;
  #lastCaller: string | null = null;

  constructor(options: MaskingQueueOptions) {
    this.#options = options;
    this.#processes = Array.from({ length: options.processesMax }, () => new MaskingProcess(options));
    this.#idle = [...this.#processes];
  }

  /** Jobs that wait or run. */
  get count(): number {
    return this.#count;
  }

  /**
   * @throws {AppError} `rate_limit_exceeded` if the caller has its share of the queue, `service_unavailable` if it is full,
   * `request_too_large` for a job that cannot be done, `request_cancelled` if its client left before its turn.
   */
  async run(caller: string, job: MaskingJob, isWanted: () => boolean): Promise<MaskingOutcome> {
    const own = this.#counts.get(caller) ?? 0;
    const { jobsMax, callerJobsMax } = this.#options;
    if (own >= callerJobsMax) throw busy('rate_limit_exceeded');
    if (this.#count >= jobsMax) throw busy('service_unavailable');
    this.#counts.set(caller, own + 1);
    this.#count += 1;
    try {
      const { promise, resolve, reject } = Promise.withResolvers<MaskingOutcome>();
      const waiting = this.#waiting.get(caller) ?? [];
      waiting.push({ job, isWanted, resolve, reject });
      this.#waiting.set(caller, waiting);
      this.#serve();
      return await promise;
    } finally {
      this.#count -= 1;
      const left = (this.#counts.get(caller) ?? 1) - 1;
      if (left > 0) this.#counts.set(caller, left);
      else this.#counts.delete(caller);
    }
  }

  close(): void {
    for (const masker of this.#processes) masker.close();
    for (const waiting of this.#waiting.values()) for (const { reject } of waiting) reject(busy('service_unavailable'));
    this.#waiting.clear();
  }

  #serve(): void {
    while (this.#waiting.size > 0) {
      const masker = this.#idle.pop();
      if (masker === undefined) return;
      const next = this.#takeNext();
      if (next === null) {
        this.#idle.push(masker);
        return;
      }
      void masker
        .run(next.job)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#idle.push(masker);
          this.#serve();
        });
    }
  }

  #takeNext(): Waiting | null {
    while (this.#waiting.size > 0) {
      const [first = '', second] = this.#waiting.keys();
      const caller = first === this.#lastCaller && second !== undefined ? second : first;
      const waiting = this.#waiting.get(caller) ?? [];
      const next = waiting.shift();
      // Behind the others, if it has more.
      this.#waiting.delete(caller);
      if (waiting.length > 0) this.#waiting.set(caller, waiting);
      this.#lastCaller = caller;
      if (next?.isWanted() === true) return next;
      next?.reject(new AppError('request_cancelled'));
    }
    return null;
  }
}

function busy(code: 'rate_limit_exceeded' | 'service_unavailable'): AppError {
  const message = 'Too many large requests are being masked. Wait until one of them has ended, then try again.';
  return new AppError(code, { internal: 'the masking queue', message, retryAfterMs: 1000 });
}
