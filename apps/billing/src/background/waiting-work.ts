import type { FindRows } from '@aggregator/database';
import { shareLook } from '@aggregator/service-kit';
import { outstandingBudgets } from '../budgets/outstanding-budgets.ts';
import { unreportedSpending } from '../budgets/report-spending.ts';
import { expiredHolds } from '../holds/hold-rows.ts';
import { openDeadLetters } from '../inbox/dead-letters.ts';
import { pendingGrants } from '../leases/retry-grants.ts';
import { openPayments } from '../payments/tend-payments.ts';
import { openPromotionalCredits } from '../promotional-credits/promotional-credits.ts';
import { openDifferences } from '../reconciliation/differences.ts';
import { openReviews } from '../reviews/list-reviews.ts';
import { gapsToWatch } from '../spools/watch-gaps.ts';
import { spoolsToWatch } from '../spools/watch-silence.ts';
import { openSubscriptions } from '../subscriptions/renew-subscriptions.ts';

/** Statements that have a row if work waits for a task: for tasks that look every few seconds. */
const frequent = {
  outbox: 'SELECT FROM outbox',
  notices: 'SELECT FROM notice',
  grants: pendingGrants,
  budgets: outstandingBudgets,
  spending: unreportedSpending,
  holds: expiredHolds,
  payers: 'SELECT FROM paid_organization',
};

/** The same for tasks that look every half a minute. */
const rare = {
  differences: openDifferences,
  reviews: openReviews,
  deadLetters: openDeadLetters,
  spools: spoolsToWatch,
  gaps: gapsToWatch,
  payments: openPayments,
  subscriptions: openSubscriptions,
  promotionalCredits: openPromotionalCredits,
};

/** Returns true if work for a task waited when the last look began. */
export type HasWork = (work: keyof typeof frequent | keyof typeof rare) => Promise<boolean>;

/**
 * One query looks for the work of all frequent tasks, and one for that of all rare tasks.
 * @param ageMs The highest age of a look of the frequent tasks.
 * @param rareAgeMs That of the rare tasks.
 */
export function createWaitingWork(findRows: FindRows, ageMs: number, rareAgeMs = ageMs): HasWork {
  const share = (statements: Readonly<Record<string, string>>, lookAgeMs: number) =>
    shareLook(
      () => findRows(statements),
      lookAgeMs,
      () => performance.now(),
    );
  const lookOften = share(frequent, ageMs);
  const lookRarely = share(rare, rareAgeMs);
  return async (work) => (await (work in rare ? lookRarely() : lookOften())).has(work);
}
