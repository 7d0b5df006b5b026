import type { Database } from '../database/open-database.ts';
import type { Finality, Waiting } from '../finality/finality.ts';
import { releaseHolds } from './hold-money.ts';
import { findExpiredHolds, sumExpiredHolds } from './hold-rows.ts';

export interface ExpiredHolds {
  released: number;
  /** Held for requests past their time whose settlement may still follow, in nano-USD, and why the oldest waits. */
  waitingNanoUsd: bigint;
  waiting: Waiting | null;
}

const batchMax = 500;

/**
 * Gives back what was held for requests that are past their time, once no settlement of them can follow: their proxy was
 * lost before they were sent, or they were not sent. Time alone is no reason: a settlement may be on its way for as long as
 * the event log is away.
 */
export async function expireHolds(database: Database, finality: Pick<Finality, 'judge'>): Promise<ExpiredHolds> {
  const expired = await findExpiredHolds(database, batchMax);
  let waiting: Waiting | null = null;
  const over = expired.filter(({ mark }) => {
    const reason = finality.judge({ mark, since: mark });
    waiting ??= reason;
    return reason === null;
  });
  const released = await releaseHolds(
    database,
    over.map(({ requestId }) => requestId),
  );
  return { released, waiting, waitingNanoUsd: waiting === null ? 0n : await sumExpiredHolds(database) };
}
