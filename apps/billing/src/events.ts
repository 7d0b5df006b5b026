import type { LogFields, Logger, Metrics } from '@aggregator/service-kit';
import { createChargeEvents } from './charges/charge-events.ts';
import { createCreditEvents } from './leases/credit-events.ts';
import { createNoticeEvents } from './notices/notice-events.ts';
import { createPaymentEvents, createRateEvents } from './payments/payment-events.ts';
import { createCheckEvents } from './reconciliation/check-events.ts';
import { type Totals, type WaitingReason, waitingReasons } from './reconciliation/reconciled-totals.ts';
import type { SpoolGap } from './spools/watch-gaps.ts';

/** What happens in billing, each in one place: a metric, a log line where a person should know. */
export type BillingEvents = ReturnType<typeof createBillingEvents>;

export function createBillingEvents(logger: Logger, metrics: Metrics) {
  return {
    ...createPaymentEvents(logger, metrics),
    ...createRateEvents(metrics),
    ...createChargeEvents(logger, metrics),
    ...createCreditEvents(logger, metrics),
    ...createCheckEvents(logger, metrics),
    ...createNoticeEvents(logger, metrics),
    ...createRoundEvents(logger, metrics),
    ...createTaskEvents(logger, metrics),
  };
}

/** Rounds that compare and count: their last result, and its age. */
function createRoundEvents(logger: Logger, metrics: Metrics) {
  const deadLetters = metrics.gauge(
    'billing_dead_letters',
    'Events of usage that were not posted and wait for a person.',
  );
  const openReviews = metrics.gauge('billing_open_reviews', 'Reviews of usage that wait for a person.');
  const ledgerFaults = metrics.gauge(
    'billing_ledger_faults',
    'Faults that the last check of the ledger found: balances that are not what their transfers make them, a sum above or below 0.',
  );
  let ledgerCheckedAtMs = performance.now();
  metrics.observed(
    'billing_ledger_check_age_seconds',
    'Time since this instance last checked the whole ledger, or has read that another one did.',
    () => (performance.now() - ledgerCheckedAtMs) / 1000,
  );
  const unreconciled = metrics.gauge(
    'billing_unreconciled_nano_usd',
    'Sum of the differences that the last reconciliation found, in nano-USD; 0 while store and ledger agree.',
  );
  const waiting = metrics.gauge(
    'billing_stranded_nano_usd',
    'Leased money that is not at the counter store and waits, in nano-USD, by the reason.',
    ['reason'],
  );
  const setWaiting = (reason: WaitingReason, nanoUsd: bigint) => waiting.set({ reason }, Number(nanoUsd));
  const silentSpools = metrics.gauge(
    'billing_silent_spools',
    'Spools that have not reported for ten minutes and did not close.',
  );
  let reconciledAtMs = performance.now();
  metrics.observed(
    'billing_reconciliation_age_seconds',
    'Time since the last whole comparison of counter store and ledger.',
    () => (performance.now() - reconciledAtMs) / 1000,
  );
  const gaps = metrics.gauge('billing_spool_gaps', 'Spools with a record missing for longer than five minutes.');

  return {
    reconciled(totals: Totals, ageMs: number) {
      reconciledAtMs = performance.now() - ageMs;
      unreconciled.set(Number(totals.unreconciledNanoUsd));
      for (const reason of waitingReasons) setWaiting(reason, totals.waitingNanoUsd.get(reason) ?? 0n);
    },
    ledgerChecked(faults: number, ageMs: number) {
      ledgerCheckedAtMs = performance.now() - ageMs;
      ledgerFaults.set(faults);
      if (faults > 0) logger.error('ledger_faulty', { faults });
    },
    reviewsCounted: (open: number) => openReviews.set(open),
    deadLettersCounted: (count: number) => deadLetters.set(count),
    spoolsSilent: (count: number) => silentSpools.set(count),
    spoolDeclaredLost: (facts: { spoolId: string; actorUserId: string }) => logger.warn('spool_declared_lost', facts),
    spoolGapsFound(found: { fresh: readonly SpoolGap[]; open: number }) {
      gaps.set(found.open);
      for (const gap of found.fresh) logger.error('spool_records_missing', { ...gap });
    },
  };
}

/** What billing does by itself, and what a person or another service asked for. */
function createTaskEvents(logger: Logger, metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const failures = count('background_failures_total', 'Failed runs of what billing does by itself.', ['task']);
  const relayed = count('outbox_published_total', 'Events of transactions that the event log has taken.');

  return {
    consumerFailed(error: unknown) {
      failures.inc({ task: 'consume' });
      logger.error('usage_consumer_failed', { error });
    },
    accountsOpened(orgIds: readonly string[]) {
      for (const orgId of orgIds) logger.info('accounts_opened', { orgId });
    },
    transactionCreated(facts: { id: string; orgId: string; type: string; amountNanoUsd: string; actorUserId: string }) {
      logger.info('transaction_created', facts);
    },
    partitionMade: (facts: { partition: string }) => logger.info('ledger_partition_made', facts),
    monthCompacted: (facts: { month: string; rows: number }) => logger.info('ledger_month_compacted', facts),
    outboxRelayed: (events: number) => relayed.inc({}, events),
    taskFailed(task: string, error: unknown, facts: LogFields = {}) {
      failures.inc({ task });
      logger.warn('background_task_failed', { ...facts, task, error });
    },
  };
}
