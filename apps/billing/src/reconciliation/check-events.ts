import { type ReconciliationKind, reconciliationKinds } from '@aggregator/contracts';
import type { Logger, Metrics } from '@aggregator/service-kit';
import type { Check, Found } from './check.ts';

/** A check whose last run is older than so many of its intervals is late. */
const lateIntervals = 3;

/** What checks find, as metrics and log lines. */
export function createCheckEvents(logger: Logger, metrics: Metrics) {
  const open = metrics.gauge('billing_open_differences', 'Differences that a check found and that wait for a person.', [
    'kind',
  ]);
  const age = metrics.gauge('billing_check_age_seconds', 'Time since a check last had a result, by kind.', ['kind']);
  const late = metrics.gauge('billing_late_checks', 'Checks without a result for three of their intervals.');
  const oldestHold = metrics.gauge(
    'billing_oldest_hold_overdue_seconds',
    'Time since the oldest open hold of the ledger is past its time; 0 if none is.',
  );
  const lateKinds = new Set<ReconciliationKind>();

  return {
    differencesFound(kind: ReconciliationKind, fresh: readonly Found[]) {
      for (const { orgId, subject, details } of fresh) {
        logger.error('reconciliation_difference', { kind, orgId, subject, ...details });
      }
    },
    openDifferencesCounted(counts: Readonly<Record<ReconciliationKind, number>>) {
      for (const kind of reconciliationKinds) open.set({ kind }, counts[kind]);
    },
    checkAge({ kind, intervalMs }: Pick<Check, 'kind' | 'intervalMs'>, ageMs: number) {
      age.set({ kind }, ageMs / 1000);
      if (ageMs > lateIntervals * intervalMs) lateKinds.add(kind);
      else lateKinds.delete(kind);
      late.set(lateKinds.size);
    },
    oldestHoldFound: (seconds: number) => oldestHold.set(seconds),
  };
}
