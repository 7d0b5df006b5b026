import type { LogFields, Logger, Metrics } from '@aggregator/service-kit';
import type { CorrectionAllotment } from './corrections/allot-correction.ts';
import type { UsageCorrection } from './corrections/usage-correction.ts';
import type { ExpiredHolds } from './holds/expire-holds.ts';
import type { PostChargesAnswer } from './ledger/post-charges.ts';
import { createNoticeEvents } from './notices/notice-events.ts';
import { createPaymentEvents } from './payments/payment-events.ts';
import { createCheckEvents } from './reconciliation/check-events.ts';
import { type Totals, type WaitingReason, waitingReasons } from './reconciliation/reconciled-totals.ts';
import type { OpenedReview } from './reviews/open-reviews.ts';
import type { SpoolGap } from './spools/watch-gaps.ts';

/** What happens in billing, each in one place: a metric, a log line where a person should know. */
export type BillingEvents = ReturnType<typeof createBillingEvents>;

export function createBillingEvents(logger: Logger, metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const handled = count('usage_events_total', 'Events of usage by what became of them.', ['result']);
  // An alert on a growing figure sees its first step only where the figure was there before.
  for (const result of ['charged', 'quarantined']) handled.inc({ result }, 0);
  const charged = count('charged_nano_usd_total', 'Charged to organisations and the platform, in nano-USD (rounded).');
  const lost = count('platform_loss_nano_usd_total', 'Charged beyond all credit, borne by the platform, in nano-USD.');
  const reviews = count(
    'usage_reviews_total',
    'Charges whose provider reported usage outside the bounds of the request.',
  );
  const excess = count(
    'provider_excess_nano_usd_total',
    'What providers reported beyond the bounds, on the platform loss and not charged, in nano-USD.',
  );
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
  const corrections = count('corrections_total', 'Corrections of estimates by what became of them.', ['result']);
  const corrected = count('corrected_nano_usd_total', 'Moved by corrections of estimates, in nano-USD, by way.', [
    'way',
  ]);
  const leases = count('leases_total', 'Requests for credit by their answer.', ['result']);
  const holds = count('holds_total', 'Holds that proxies asked of the ledger itself, by their answer.', ['result']);
  const budgetGrants = count('budget_grants_total', 'Requests for room of a budget by their answer.', ['result']);
  const expired = count('holds_expired_total', 'Holds of the ledger that neither a settlement nor a release ended.');
  const leased = count('leased_nano_usd_total', 'Leased to the counter store, in nano-USD (rounded).');
  const grantFailures = count('lease_grant_failures_total', 'Leases whose credit was not confirmed at once.');
  const stranded = count('leases_stranded_total', 'Leases whose credit was lost or could not be granted.');
  const reconciled = count(
    'reconciled_nano_usd_total',
    'Differences between counter store and ledger that were corrected, in nano-USD, by kind.',
    ['kind'],
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
  const waitingHolds = metrics.gauge(
    'billing_stranded_holds_nano_usd',
    'Held in the ledger for requests past their time whose settlement may still follow, in nano-USD.',
  );
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
  const failures = count('background_failures_total', 'Failed runs of what billing does by itself.', ['task']);
  const relayed = count('outbox_published_total', 'Events of transactions that the event log has taken.');
  const gaps = metrics.gauge('billing_spool_gaps', 'Spools with a record missing for longer than five minutes.');

  const reviewsOpened = (opened: readonly OpenedReview[]) => {
    for (const { charge, differenceNanoUsd } of opened) {
      reviews.inc();
      excess.inc({}, Number(differenceNanoUsd));
      const { requestId, orgId, provider, model } = charge.event;
      logger.error('usage_inconsistent', { requestId, orgId, provider, model, differenceNanoUsd });
    }
  };
  const chargesPosted = (answer: PostChargesAnswer) => {
    handled.inc({ result: 'charged' }, answer.posted.length);
    handled.inc({ result: 'free' }, answer.free.length);
    handled.inc({ result: 'duplicate' }, answer.duplicates.length);
    for (const { charge, allotment } of answer.posted) {
      charged.inc({}, Number(charge.amountNanoUsd));
      if (allotment.fromPlatformLoss === 0n) continue;
      lost.inc({}, Number(allotment.fromPlatformLoss));
      const { requestId, orgId } = charge.event;
      logger.error('charge_exceeded_credit', { requestId, orgId, lossNanoUsd: allotment.fromPlatformLoss });
    }
    reviewsOpened(answer.reviews);
  };

  return {
    ...createPaymentEvents(logger, metrics),
    ...createCheckEvents(logger, metrics),
    ...createNoticeEvents(logger, metrics),
    chargesPosted,
    correctionHandled(
      { event, amounts }: UsageCorrection,
      answer: { result: string; allotment?: CorrectionAllotment; reviews?: readonly OpenedReview[] },
    ) {
      const { result, allotment } = answer;
      reviewsOpened(answer.reviews ?? []);
      corrections.inc({ result });
      if (allotment === undefined) return;
      corrected.inc({ way: 'charged' }, Number(allotment.fromAvailable));
      corrected.inc({ way: 'returned' }, Number(allotment.toAvailable));
      corrected.inc({ way: 'platform_loss' }, Number(allotment.fromPlatformLoss));
      lost.inc({}, Number(allotment.fromPlatformLoss));
      const { requestId, orgId } = event;
      logger.info('estimate_corrected', { requestId, orgId, differenceNanoUsd: amounts.differenceNanoUsd });
    },
    eventQuarantined(facts: { eventId: string; reason: string }) {
      handled.inc({ result: 'quarantined' });
      logger.error('usage_event_quarantined', facts);
    },
    batchReplayed: (facts: { events: number; error: unknown }) => logger.warn('usage_batch_replayed', facts),
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
    leaseAnswered(result: 'granted' | 'insufficient' | 'limited', amountNanoUsd: bigint) {
      leases.inc({ result });
      leased.inc({}, Number(amountNanoUsd));
    },
    holdAnswered: (result: 'held' | 'insufficient' | 'budget_exceeded' | 'limited') => holds.inc({ result }),
    budgetsGranted(results: readonly ('granted' | 'exceeded')[]) {
      for (const result of results) budgetGrants.inc({ result });
    },
    budgetReturned(facts: { budgetId: string; amountNanoUsd: bigint }) {
      logger.warn('budget_room_returned', facts);
    },
    budgetUnbacked(facts: { budgetId: string; unbackedNanoUsd: bigint }) {
      logger.error('budget_room_unbacked', facts);
    },
    holdsExpired({ released, waitingNanoUsd }: ExpiredHolds) {
      waitingHolds.set(Number(waitingNanoUsd));
      expired.inc({}, released);
      if (released > 0) logger.warn('ledger_holds_expired', { holds: released });
    },
    leaseGrantFailed(facts: { leaseId: string; orgId: string; error: unknown }) {
      grantFailures.inc();
      logger.warn('lease_grant_failed', facts);
    },
    leaseGrantRetried: (facts: { leaseId: string; orgId: string }) => logger.info('lease_grant_retried', facts),
    leasesGivenUp(count: number) {
      stranded.inc({}, count);
      logger.error('leases_given_up', { leases: count });
    },
    leasesStranded(facts: { epoch: string; leases: number }) {
      stranded.inc({}, facts.leases);
      logger.error('counter_store_lost_data', facts);
    },
    surplusReturned(facts: { orgId: string; amountNanoUsd: bigint }) {
      if (facts.amountNanoUsd === 0n) return;
      reconciled.inc({ kind: 'surplus_returned' }, Number(facts.amountNanoUsd));
      logger.warn('surplus_returned', facts);
    },
    creditUnbacked(facts: { orgId: string; unbackedNanoUsd: bigint; reclaimedNanoUsd: bigint }) {
      reconciled.inc({ kind: 'unbacked_credit' }, Number(facts.unbackedNanoUsd));
      logger.error('credit_unbacked', facts);
    },
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
    leasesReclaimed: (amountNanoUsd: bigint) => logger.info('leases_reclaimed', { amountNanoUsd }),
    heldUnknown: (facts: { orgId: string; error: unknown }) => logger.warn('held_credit_unknown', facts),
    spoolGapsFound(found: { fresh: readonly SpoolGap[]; open: number }) {
      gaps.set(found.open);
      for (const gap of found.fresh) logger.error('spool_records_missing', { ...gap });
    },
    outboxRelayed: (events: number) => relayed.inc({}, events),
    taskFailed(task: string, error: unknown, facts: LogFields = {}) {
      failures.inc({ task });
      logger.warn('background_task_failed', { ...facts, task, error });
    },
  };
}
