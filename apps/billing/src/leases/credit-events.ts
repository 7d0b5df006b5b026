import type { Logger, Metrics } from '@aggregator/service-kit';
import type { ExpiredHolds } from '../holds/expire-holds.ts';

/** Credit at the counter store and in the ledger: leases, holds, budgets, and what became of them. */
export function createCreditEvents(logger: Logger, metrics: Metrics) {
  const counters = createCreditCounters(metrics);
  return {
    leaseAnswered(result: 'granted' | 'insufficient' | 'limited', amountNanoUsd: bigint) {
      counters.leases.inc({ result });
      counters.leased.inc({}, Number(amountNanoUsd));
    },
    holdAnswered: (result: 'held' | 'insufficient' | 'budget_exceeded' | 'limited') => counters.holds.inc({ result }),
    budgetsGranted(results: readonly ('granted' | 'exceeded')[]) {
      for (const result of results) counters.budgetGrants.inc({ result });
    },
    budgetReturned(facts: { budgetId: string; amountNanoUsd: bigint }) {
      logger.warn('budget_room_returned', facts);
    },
    budgetUnbacked(facts: { budgetId: string; unbackedNanoUsd: bigint }) {
      logger.error('budget_room_unbacked', facts);
    },
    holdsExpired({ released, waitingNanoUsd }: ExpiredHolds) {
      counters.waitingHolds.set(Number(waitingNanoUsd));
      counters.expired.inc({}, released);
      if (released > 0) logger.warn('ledger_holds_expired', { holds: released });
    },
    leaseGrantFailed(facts: { leaseId: string; orgId: string; error: unknown }) {
      counters.grantFailures.inc();
      logger.warn('lease_grant_failed', facts);
    },
    leaseGrantRetried: (facts: { leaseId: string; orgId: string }) => logger.info('lease_grant_retried', facts),
    leasesGivenUp(count: number) {
      counters.stranded.inc({}, count);
      logger.error('leases_given_up', { leases: count });
    },
    leasesStranded(facts: { epoch: string; leases: number }) {
      counters.stranded.inc({}, facts.leases);
      logger.error('counter_store_lost_data', facts);
    },
    surplusReturned(facts: { orgId: string; amountNanoUsd: bigint }) {
      if (facts.amountNanoUsd === 0n) return;
      counters.reconciled.inc({ kind: 'surplus_returned' }, Number(facts.amountNanoUsd));
      logger.warn('surplus_returned', facts);
    },
    creditUnbacked(facts: { orgId: string; unbackedNanoUsd: bigint; reclaimedNanoUsd: bigint }) {
      counters.reconciled.inc({ kind: 'unbacked_credit' }, Number(facts.unbackedNanoUsd));
      logger.error('credit_unbacked', facts);
    },
    leasesReclaimed: (amountNanoUsd: bigint) => logger.info('leases_reclaimed', { amountNanoUsd }),
    heldUnknown: (facts: { orgId: string; error: unknown }) => logger.warn('held_credit_unknown', facts),
  };
}

function createCreditCounters(metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  return {
    leases: count('leases_total', 'Requests for credit by their answer.', ['result']),
    holds: count('holds_total', 'Holds that proxies asked of the ledger itself, by their answer.', ['result']),
    budgetGrants: count('budget_grants_total', 'Requests for room of a budget by their answer.', ['result']),
    expired: count('holds_expired_total', 'Holds of the ledger that neither a settlement nor a release ended.'),
    leased: count('leased_nano_usd_total', 'Leased to the counter store, in nano-USD (rounded).'),
    grantFailures: count('lease_grant_failures_total', 'Leases whose credit was not confirmed at once.'),
    stranded: count('leases_stranded_total', 'Leases whose credit was lost or could not be granted.'),
    reconciled: count(
      'reconciled_nano_usd_total',
      'Differences between counter store and ledger that were corrected, in nano-USD, by kind.',
      ['kind'],
    ),
    waitingHolds: metrics.gauge(
      'billing_stranded_holds_nano_usd',
      'Held in the ledger for requests past their time whose settlement may still follow, in nano-USD.',
    ),
  };
}
