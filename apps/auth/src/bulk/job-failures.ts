const restMs = 5000;
const attemptsMax = 3;

/** Jobs whose chunk failed in this process. One of them must not hold up the jobs of others. */
export class JobFailures {
  readonly #failed = new Map<string, { attempts: number; until: number }>();

  add(jobId: string, now: Date): void {
    const attempts = (this.#failed.get(jobId)?.attempts ?? 0) + 1;
    this.#failed.set(jobId, { attempts, until: now.getTime() + restMs });
  }

  forget(jobId: string): void {
    this.#failed.delete(jobId);
  }

  /** Jobs that are not tried yet again. */
  resting(now: Date): string[] {
    return [...this.#failed].flatMap(([id, { until }]) => (until > now.getTime() ? [id] : []));
  }

  /** True if the rows of its next chunk are to be reported as failed. */
  isHopeless(jobId: string): boolean {
    return (this.#failed.get(jobId)?.attempts ?? 0) >= attemptsMax;
  }
}
