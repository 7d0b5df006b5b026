import type { Condition } from '@aggregator/contracts';

/** Reasons that the proxies, or the way to them, can change by themselves. */
const reasons = new Set(['Progressing', 'RejectedByProxy', 'OrchestratorUnavailable', 'NoProxies']);

/** Which objects wait for the proxies to do something. */
export class PendingObjects {
  readonly #since = new Map<string, number>();
  readonly #nowMs: () => number;
  readonly #onProgrammed: (lagMs: number) => void;

  constructor(nowMs: () => number, onProgrammed: (lagMs: number) => void) {
    this.#nowMs = nowMs;
    this.#onProgrammed = onProgrammed;
  }

  get isAny(): boolean {
    return this.#since.size > 0;
  }

  set(uid: string, isWaiting: boolean): void {
    if (!isWaiting) this.#since.delete(uid);
    else if (!this.#since.has(uid)) this.#since.set(uid, this.#nowMs());
  }

  /** By what its condition says; the time from the first wait to its end is reported. */
  note(uid: string, programmed: Condition | undefined): void {
    const since = this.#since.get(uid);
    if (since !== undefined && programmed?.status === 'True') this.#onProgrammed(this.#nowMs() - since);
    this.set(uid, programmed?.status === 'False' && reasons.has(programmed.reason));
  }
}
