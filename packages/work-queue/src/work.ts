import type { Job, JobResult, WorkQueue } from './port.ts';

export interface WorkOptions {
  queue: WorkQueue;
  /** Does the job. A rejection counts as `failed`, with the error's name. It must end within the queue's lease. */
  handle(job: Job): Promise<JobResult>;
  /** Jobs at once in this process, of all tenants and of one. */
  concurrencyMax: number;
  perTenantMax: number;
  now(): Date;
  /** Is called when the queue itself fails. */
  onError(error: unknown): void;
}

const pauseMs = 1_000;

/** Does jobs, a bounded number at once and of each tenant: one whose jobs are slow takes no more than its share. */
class Workers {
  readonly #options: WorkOptions;
  readonly #runningByTenant = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  #filling: Promise<number> | undefined;
  #isStopping = false;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** Claims jobs until none is due or no place is free. Resolves with how many it has claimed. */
  fill(): Promise<number> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  /** Resolves when no job is under way. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#filling?.catch(() => undefined);
    await this.finish();
  }

  async #fill(): Promise<number> {
    const { queue, now, concurrencyMax, perTenantMax } = this.#options;
    for (let claimed = 0; ; claimed += 1) {
      if (this.#isStopping || this.#running.size >= concurrencyMax) return claimed;
      const busy = [...this.#runningByTenant].flatMap(([tenant, running]) => (running >= perTenantMax ? [tenant] : []));
      const job = await queue.claim(now(), busy);
      if (job === null) return claimed;
      const running: Promise<void> = this.#run(job)
        .catch(this.#options.onError)
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #run(job: Job): Promise<void> {
    const { queue, handle, now } = this.#options;
    const { tenant } = job;
    this.#runningByTenant.set(tenant, (this.#runningByTenant.get(tenant) ?? 0) + 1);
    try {
      // The message of an error may hold what the job is about.
      const result = await handle(job).catch(
        (error: unknown): JobResult => ({ result: 'failed', reason: error instanceof Error ? error.name : 'unknown' }),
      );
      await queue.settle(now(), job, result);
    } finally {
      const left = (this.#runningByTenant.get(tenant) ?? 1) - 1;
      if (left === 0) this.#runningByTenant.delete(tenant);
      else this.#runningByTenant.set(tenant, left);
    }
  }
}

/** Does every job that is due. Resolves when none is due and none is under way; rejects if the queue cannot be read. */
export async function workOff(options: WorkOptions): Promise<void> {
  const workers = new Workers(options);
  do await workers.finish();
  while ((await workers.fill()) > 0);
  await workers.finish();
}

/** Looks for jobs every second until stopped; `stop` waits for jobs under way. */
export function startWorking(options: WorkOptions): { stop(): Promise<void> } {
  const workers = new Workers(options);
  const timer = setInterval(() => workers.fill().catch(options.onError), pauseMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await workers.stop();
    },
  };
}
