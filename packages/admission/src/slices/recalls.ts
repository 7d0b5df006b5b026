import type { CounterSlices } from '../port.ts';

/** How long a request that was refused waits for what other processes give back. */
const waitMs = 100;
const lookMs = 10;
/** After a recall none of the same organisation is made for so long: what there was has come back. */
const restMs = 100;
const organisationsMax = 10_000;

export interface RecallsOptions {
  slices: Pick<CounterSlices, 'recall'>;
  /** Sends a message to every process: give back the slices of an organisation. */
  publish(orgId: string): Promise<void>;
  now(): number;
  wait(ms: number): Promise<void>;
}

/** Gets back what other processes have of an organisation's counters and do not use. One recall of each at a time. */
export class Recalls {
  readonly #options: RecallsOptions;
  readonly #recent = new Map<string, { untilMs: number; outcome: Promise<boolean> }>();

  constructor(options: RecallsOptions) {
    this.#options = options;
  }

  /** Resolves to true if something may have come back. Never rejects: without an answer of the store, nothing has. */
  recall(orgId: string): Promise<boolean> {
    const nowMs = this.#options.now();
    const recent = this.#recent.get(orgId);
    if (recent !== undefined && nowMs < recent.untilMs) return recent.outcome;
    const outcome = this.#run(orgId).catch(() => false);
    this.#recent.delete(orgId);
    this.#recent.set(orgId, { untilMs: nowMs + restMs, outcome });
    if (this.#recent.size > organisationsMax) this.#dropOldest();
    return outcome;
  }

  #dropOldest(): void {
    for (const orgId of this.#recent.keys()) {
      this.#recent.delete(orgId);
      return;
    }
  }

  async #run(orgId: string): Promise<boolean> {
    const { slices, publish, now, wait } = this.#options;
    const untilMs = now() + waitMs;
    let left = await slices.recall(orgId);
    if (left === 0) return false;
    await publish(orgId);
    while (left > 0 && now() < untilMs) {
      await wait(lookMs);
      left = await slices.recall(orgId);
    }
    return true;
  }
}
