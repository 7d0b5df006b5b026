import type { MaskingJob, MaskingOutcome } from '@aggregator/anonymisation';
import { AppError } from '@aggregator/contracts';
import { MaskingProcess, type MaskingProcessOptions } from './masking-process.ts';

export interface MaskingQueueOptions extends MaskingProcessOptions {
  readonly processesMax: number;
  /** Jobs that wait or run, all callers together. */
  readonly jobsMax: number;
  /** Jobs of one caller among them. */
  readonly callerJobsMax: number;
  /** Jobs of all callers of one organisation: the others are free for other organisations. */
  readonly organisationJobsMax: number;
}

/** Who a job is for. */
export interface MaskingCaller {
  /** A key or a user. */
  readonly id: string;
  readonly orgId: string;
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
  /** Jobs that wait or run, by caller and by organisation. */
  readonly #counts = new JobCounts();
  readonly #countsOfOrganisations = new JobCounts();
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
   * @throws {AppError} `rate_limit_exceeded` if the caller or its organisation has its share of the queue, `service_unavailable` if it is full,
   * `request_too_large` for a job that cannot be done, `request_cancelled` if its client left before its turn.
   */
  async run({ id: caller, orgId }: MaskingCaller, job: MaskingJob, isWanted: () => boolean): Promise<MaskingOutcome> {
    const { jobsMax, callerJobsMax, organisationJobsMax } = this.#options;
    const isOver =
      this.#counts.of(caller) >= callerJobsMax || this.#countsOfOrganisations.of(orgId) >= organisationJobsMax;
    if (isOver) throw busy('rate_limit_exceeded');
    if (this.#count >= jobsMax) throw busy('service_unavailable');
    this.#counts.add(caller, 1);
    this.#countsOfOrganisations.add(orgId, 1);
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
      this.#counts.add(caller, -1);
      this.#countsOfOrganisations.add(orgId, -1);
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

/** Jobs by their owner; none of an owner without one. */
class JobCounts {
  readonly #counts = new Map<string, number>();

  of(owner: string): number {
    return this.#counts.get(owner) ?? 0;
  }

  add(owner: string, change: number): void {
    const count = this.of(owner) + change;
    if (count > 0) this.#counts.set(owner, count);
    else this.#counts.delete(owner);
  }
}

function busy(code: 'rate_limit_exceeded' | 'service_unavailable'): AppError {
  const message = 'Too many large requests are being masked. Wait until one of them has ended, then try again.';
  return new AppError(code, { internal: 'the masking queue', message, retryAfterMs: 1000 });
}
