import type { EntryProblem, ProxyReport } from '@aggregator/contracts';
import type { SnapshotNumber } from './read-snapshot.ts';

export type SnapshotAnswer = NonNullable<ProxyReport['snapshot']>;

/** So long a snapshot may wait for its answer, in milliseconds. */
const answerMsMax = 60_000;

/** The snapshot that this proxy was offered last, and its result. */
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

  /** A snapshot has come that is newer than what was answered. Offered again, it waits since the first time. */
  noteOffer(): void {
    this.#waitingSinceMs ??= this.#now();
  }

  answer({ epoch, version }: SnapshotNumber, result: SnapshotAnswer['result'], problems: EntryProblem[]): void {
    this.#answered = { epoch, version, result, problems };
    this.#waitingSinceMs = null;
  }

  /**
   * Throws if a newer snapshot has waited for too long: such a proxy serves a state that is out of date, and must not keep
   * others from being sure that a change is everywhere. One that said no serves on with what it has.
   */
  requireAnswer(): void {
    if (this.#waitingSinceMs === null || this.#now() - this.#waitingSinceMs <= answerMsMax) return;
    throw new Error('a newer routing snapshot was neither taken nor refused');
  }
}
