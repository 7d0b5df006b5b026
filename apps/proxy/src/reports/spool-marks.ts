import type { SpoolWatermark } from '@aggregator/contracts';
import type { Spool } from '@aggregator/spool';
import type { OpenHolds } from './open-holds.ts';

type Progress = Pick<Spool, 'readProgress' | 'listOpenIntents' | 'hasOpenIntent'>;

interface PendingMark {
  readonly mark: string;
  /** Holds that had begun when the mark was received. */
  readonly begun: number;
  /** Intents that were open then. */
  intents: readonly string[];
  /** The spool when all of them were settled; null before that. */
  settled: { readonly count: number; readonly seq: number } | null;
}

/** Marks that wait; with as many, no other is taken until one has passed. */
const pendingMax = 8;

/**
 * Knows which of billing's marks are passed: every request that began before the mark was received is settled, and its
 * settlement acknowledged by the event log.
 */
export class SpoolMarks {
  readonly #spool: Progress;
  readonly #holds: OpenHolds;
  readonly #pending: PendingMark[] = [];
  #passed: SpoolWatermark['passed'] = null;

  constructor(spool: Progress, holds: OpenHolds) {
    this.#spool = spool;
    this.#holds = holds;
  }

  /** Notes a mark as received now. */
  take(mark: string): void {
    if (this.#pending.length >= pendingMax) return;
    const intents = this.#spool.listOpenIntents();
    this.#pending.push({ mark, begun: this.#holds.begun, intents, settled: null });
  }

  /** Returns the newest mark that is passed. */
  readPassed(): SpoolWatermark['passed'] {
    for (let oldest = this.#pending[0]; oldest !== undefined; oldest = this.#pending[0]) {
      const settled = this.#readSettled(oldest);
      if (settled === null || this.#spool.readProgress().shipped < settled.count) break;
      this.#passed = { mark: oldest.mark, seq: settled.seq };
      this.#pending.shift();
    }
    return this.#passed;
  }

  #readSettled(pending: PendingMark): PendingMark['settled'] {
    if (pending.settled !== null) return pending.settled;
    const isDispatched = (requestId: string) => this.#spool.hasOpenIntent(requestId);
    // Holds first: a request that ended between the two has its settlement in the spool.
    if (!this.#holds.areOver(pending.begun, isDispatched)) return null;
    pending.intents = pending.intents.filter(isDispatched);
    if (pending.intents.length > 0) return null;
    const { settled: count, seq } = this.#spool.readProgress();
    pending.settled = { count, seq };
    return pending.settled;
  }
}
