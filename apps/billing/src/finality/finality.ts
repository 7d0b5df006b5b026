import { usageRecordedTopic } from '@aggregator/contracts';
import type { EventLog, PartitionPosition } from '@aggregator/messaging';
import type { Database } from '../database/open-database.ts';
import { hasReached } from './has-reached.ts';
import { issueMark } from './marks.ts';
import { findGappedSpools, readSpoolStates, type SpoolState } from './spool-states.ts';

/** The group by which billing reads what was used. */
export const billingGroup = 'billing';

/** Why a settlement may still follow. */
export type Waiting = 'spool_behind' | 'spool_silent' | 'spool_gap' | 'consumer_behind';

/**
 * Knows whether a settlement of the past can still follow: none can once every spool has passed a mark that was issued
 * later, and billing has read the event log to an end that was read after that.
 */
export interface Finality {
  /** Looks at the spools and at the event log. Rejects if one of the two does not answer; what is known stays known. */
  refresh(): Promise<void>;
  /**
   * Returns null where no settlement of a request that began before `mark` can follow.
   * @param since the mark before which no such request began; a spool that fell silent earlier holds none of them.
   */
  judge(moment: { mark: bigint; since: bigint }): Waiting | null;
}

interface Checkpoint {
  /** The mark at which the spools were read. */
  mark: bigint;
  spools: readonly SpoolState[];
  ends: readonly PartitionPosition[];
}

export function createFinality(db: Database, eventLog: Pick<EventLog, 'readPositions'>): Finality {
  let present: readonly SpoolState[] = [];
  /** What the spools had passed when the log had the ends that billing has now read to. */
  let confirmed = new Map<string, SpoolState>();
  let confirmedMark = 0n;
  let gapped = new Set<string>();
  let checkpoint: Checkpoint | null = null;

  return {
    async refresh() {
      // The spools first: what they have passed is in the log before its ends are read.
      const mark = await issueMark(db);
      present = await readSpoolStates(db);
      const positions = await eventLog.readPositions(usageRecordedTopic, billingGroup);
      const now: Checkpoint = { mark, spools: present, ends: positions };
      const reached = [now, checkpoint].find((past) => past !== null && hasReached(positions, past.ends));
      if (reached) {
        confirmed = new Map(reached.spools.map((spool) => [spool.id, spool]));
        confirmedMark = reached.mark;
        checkpoint = null;
      }
      if (reached !== now) checkpoint ??= now;
      gapped = await findGappedSpools(db, [...confirmed.values()]);
    },
    judge({ mark, since }) {
      const relevant = present.filter(({ silentMark }) => silentMark === null || silentMark >= since);
      for (const spool of relevant) {
        if (!hasPassed(spool, mark)) return spool.silentMark === null ? 'spool_behind' : 'spool_silent';
      }
      for (const { id } of relevant) {
        const spool = confirmed.get(id);
        if (spool === undefined || !hasPassed(spool, mark)) return 'consumer_behind';
        if (gapped.has(id)) return 'spool_gap';
      }
      return mark < confirmedMark ? null : 'consumer_behind';
    },
  };
}

function hasPassed({ isClosed, passedMark }: SpoolState, mark: bigint): boolean {
  return isClosed || (passedMark !== null && passedMark > mark);
}
