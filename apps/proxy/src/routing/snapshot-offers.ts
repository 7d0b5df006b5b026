import type { EntryProblem, ProxyReport } from '@aggregator/contracts';
import type { SnapshotNumber } from './read-snapshot.ts';

export type SnapshotAnswer = NonNullable<ProxyReport['snapshot']>;

/** So long a snapshot may wait for its answer, in milliseconds. */
const answerMsMax = 60_000;

/** Which snapshot this proxy was told of last, and what became of it. */
export class SnapshotOffers {
  readonly #now: () => number;
  #answered: SnapshotAnswer | null = null;
  /** Since when the newest has no answer; null where it has. */
  #waitingSinceMs: number | null = null;

  /** `now`: milliseconds on a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null before the first. */
  get answered(): SnapshotAnswer | null {
    return this.#answered;
  }

  /** A snapshot has come that is newer than what was answered. Told again, it waits since the first time. */
  tell(): void {
    this.#waitingSinceMs ??= this.#now();
  }

  answer({ epoch, version }: SnapshotNumber, result: SnapshotAnswer['result'], problems: EntryProblem[]): void {
    this.#answered = { epoch, version, result, problems };
    this.#waitingSinceMs = null;
  }

  /**
   * Throws where a newer snapshot has waited for too long: such a proxy serves what nobody wants any more, and must not keep
   * others from being sure that a change is everywhere. One that said no serves on with what it has.
   */
  requireAnswer(): void {
    if (this.#waitingSinceMs === null || this.#now() - this.#waitingSinceMs <= answerMsMax) return;
    throw new Error('a newer routing snapshot was neither taken nor refused');
  }
}
