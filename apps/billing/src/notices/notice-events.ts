import { billingNoticeType } from '@aggregator/contracts';
import type { Logger, Metrics } from '@aggregator/service-kit';

/** Warnings and notices. Ids go to the log; labels stay few. */
export function createNoticeEvents(logger: Logger, metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const lowBalances = count('low_balances_total', 'Balances that fell below the warning line.');
  const unusual = count('unusual_spending_total', 'Days of organisations with unusual spending.');
  const relayed = count('notices_total', 'Notices that auth has taken, by type.', ['type']);
  for (const type of billingNoticeType.options) relayed.inc({ type }, 0);
  const givenUp = count('notices_given_up_total', 'Notices that auth did not take for three days.');
  givenUp.inc({}, 0);
  const waiting = metrics.gauge('billing_notices_waiting', 'Notices on their way to auth.');
  return {
    balanceLow(facts: { orgId: string; balanceNanoUsd: bigint }) {
      lowBalances.inc();
      logger.warn('balance_low', facts);
    },
    spendingUnusual(facts: { orgId: string; day: string; spentNanoUsd: bigint; usualNanoUsd: bigint }) {
      unusual.inc();
      logger.warn('spending_unusual', facts);
    },
    noticeRelayed(facts: { noticeId: string; orgId: string; type: string }) {
      relayed.inc({ type: facts.type });
      logger.info('notice_relayed', facts);
    },
    noticeGivenUp(facts: { noticeId: string; orgId: string; type: string }) {
      givenUp.inc();
      logger.error('notice_given_up', facts);
    },
    noticesCounted: (count: number) => waiting.set(count),
  };
}
