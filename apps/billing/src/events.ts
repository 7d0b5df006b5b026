import type { Logger, Metrics } from '@aggregator/service-kit';
import type { PostChargesAnswer } from './ledger/post-charges.ts';
import type { SpoolGap } from './spools/watch-gaps.ts';

/** What happens in billing, each in one place: a metric, a log line where a person should know. */
export type BillingEvents = ReturnType<typeof createBillingEvents>;

export function createBillingEvents(logger: Logger, metrics: Metrics, options: { lowBalanceNanoUsd: bigint }) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const handled = count('usage_events_total', 'Events of usage by what became of them.', ['result']);
  const charged = count('charged_nano_usd_total', 'Charged to organisations and the platform, in nano-USD (rounded).');
  const lost = count('platform_loss_nano_usd_total', 'Charged beyond all credit, borne by the platform, in nano-USD.');
  const lowBalances = count('low_balances_total', 'Balances that a charge took below the warning line.');
  const leases = count('leases_total', 'Requests for credit by their answer.', ['result']);
  const holds = count('holds_total', 'Holds that proxies asked of the ledger itself, by their answer.', ['result']);
  const expired = count('holds_expired_total', 'Holds of the ledger that neither a settlement nor a release ended.');
  const leased = count('leased_nano_usd_total', 'Leased to the counter store, in nano-USD (rounded).');
  const grantFailures = count('lease_grant_failures_total', 'Leases whose credit was not confirmed at once.');
  const stranded = count('leases_stranded_total', 'Leases whose credit was lost or could not be granted.');
  const returned = count('stranded_returned_nano_usd_total', 'Stranded money that went back to balances, in nano-USD.');
  const failures = count('background_failures_total', 'Failed runs of what billing does by itself.', ['task']);
  const relayed = count('outbox_published_total', 'Events of transactions that the event log has taken.');
  const gaps = metrics.gauge('billing_spool_gaps', 'Spools with a record missing for longer than five minutes.');

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
    for (const { orgId, before, after } of answer.balances) {
      if (before < options.lowBalanceNanoUsd || after >= options.lowBalanceNanoUsd) continue;
      lowBalances.inc();
      logger.warn('balance_low', { orgId, balanceNanoUsd: after });
    }
  };

  return {
    chargesPosted,
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
    leaseAnswered(result: 'granted' | 'insufficient', amountNanoUsd: bigint) {
      leases.inc({ result });
      leased.inc({}, Number(amountNanoUsd));
    },
    holdAnswered: (result: 'held' | 'insufficient') => holds.inc({ result }),
    holdsExpired(count: number) {
      expired.inc({}, count);
      if (count > 0) logger.warn('ledger_holds_expired', { holds: count });
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
    strandedReleased(facts: { orgId: string; amountNanoUsd: bigint }) {
      returned.inc({}, Number(facts.amountNanoUsd));
      logger.warn('stranded_money_returned', facts);
    },
    leasesReclaimed: (amountNanoUsd: bigint) => logger.info('leases_reclaimed', { amountNanoUsd }),
    heldUnknown: (facts: { orgId: string; error: unknown }) => logger.warn('held_credit_unknown', facts),
    spoolGapsFound(found: { fresh: readonly SpoolGap[]; open: number }) {
      gaps.set(found.open);
      for (const gap of found.fresh) logger.error('spool_records_missing', { ...gap });
    },
    outboxRelayed: (events: number) => relayed.inc({}, events),
    taskFailed(task: string, error: unknown) {
      failures.inc({ task });
      logger.warn('background_task_failed', { task, error });
    },
  };
}
