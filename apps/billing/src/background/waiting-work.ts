import type { FindRows } from '@aggregator/database';
import { shareLook } from '@aggregator/service-kit';
import { outstandingBudgets } from '../budgets/outstanding-budgets.ts';
import { unreportedSpending } from '../budgets/report-spending.ts';
import { expiredHolds } from '../holds/hold-rows.ts';
import { pendingGrants } from '../leases/retry-grants.ts';

/** Statements that have a row if work waits for a task. */
const statements = {
  outbox: 'SELECT FROM outbox',
  notices: 'SELECT FROM notice',
  grants: pendingGrants,
  budgets: outstandingBudgets,
  spending: unreportedSpending,
  holds: expiredHolds,
  payers: 'SELECT FROM paid_organization',
};

/** Returns true if work waits: at most `ageMs` ago. */
export type HasWork = (work: keyof typeof statements) => Promise<boolean>;

/** One query looks for the work of all tasks. An idle billing is asked for nothing else every second. */
export function createWaitingWork(findRows: FindRows, ageMs: number): HasWork {
  const look = shareLook(
    () => findRows(statements),
    ageMs,
    () => performance.now(),
  );
  return async (work) => (await look()).has(work);
}
