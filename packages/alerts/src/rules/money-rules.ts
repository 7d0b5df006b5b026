import type { AlertRule } from '../rule.ts';
import { grew, increaseOf, maxAbove, minAbove } from './readings.ts';

/** Alerts on the ledger and on money that waits for it. */
export const moneyRules: readonly AlertRule[] = [
  {
    name: 'AggregatorPlatformLoss',
    ...{ severity: 'critical', forMinutes: 0, page: 'platform-loss' },
    cause: {
      anyOf: [
        {
          reading: {
            read: 'sum',
            parts: [
              increaseOf('billing_platform_loss_nano_usd_total', 15),
              increaseOf('billing_provider_excess_nano_usd_total', 15),
            ],
          },
          ...{ is: '>', threshold: 0 },
        },
      ],
    },
    summary: 'The platform bears a charge: no credit covered it, or a provider reported beyond the bounds.',
  },
  {
    name: 'AggregatorUsageQuarantined',
    ...{ severity: 'critical', forMinutes: 0, page: 'usage-quarantined' },
    cause: { anyOf: [grew('billing_usage_events_total', 15, { result: 'quarantined' })] },
    summary: 'Billing refuses an event of usage and does not charge it.',
  },
  {
    name: 'AggregatorDeadLetters',
    ...{ severity: 'warning', forMinutes: 0, page: 'usage-quarantined' },
    cause: { anyOf: [grew('analytics_usage_events_total', 15, { result: 'rejected' })] },
    summary: 'An event of usage went to the dead letters.',
  },
  {
    name: 'AggregatorDeadLettersWaiting',
    ...{ severity: 'warning', forMinutes: 15, page: 'usage-quarantined' },
    cause: { anyOf: [maxAbove('billing_dead_letters', 0)] },
    summary: 'Events of usage that billing could not post wait for a decision.',
  },
  {
    name: 'AggregatorSpoolRecordsMissing',
    ...{ severity: 'critical', forMinutes: 5, page: 'spool-records-missing' },
    cause: { anyOf: [maxAbove('billing_spool_gaps', 0)] },
    summary: 'Records of a spool that the event log acknowledged have not arrived.',
  },
  {
    name: 'AggregatorSpoolSilent',
    ...{ severity: 'warning', forMinutes: 5, page: 'spool-silent' },
    cause: { anyOf: [maxAbove('billing_silent_spools', 0)] },
    summary: 'A spool has not reported for ten minutes; money waits for it.',
  },
  {
    name: 'AggregatorMoneyStranded',
    ...{ severity: 'warning', forMinutes: 30, page: 'money-stranded' },
    cause: {
      anyOf: [
        {
          reading: {
            read: 'max',
            of: {
              name: 'billing_stranded_nano_usd',
              where: [{ label: 'reason', is: '!=', value: 'in_transit' }],
            },
            by: ['reason'],
          },
          ...{ is: '>', threshold: 0 },
        },
        maxAbove('billing_stranded_holds_nano_usd', 0),
      ],
    },
    summary: 'Leased or held money has waited for half an hour: {reason}.',
  },
  {
    name: 'AggregatorMoneyUnreconciled',
    ...{ severity: 'critical', forMinutes: 1, page: 'money-unreconciled' },
    cause: { anyOf: [maxAbove('billing_unreconciled_nano_usd', 0)] },
    summary: 'Counter store and ledger differ.',
  },
  {
    name: 'AggregatorReconciliationStale',
    ...{ severity: 'warning', forMinutes: 5, page: 'money-unreconciled' },
    cause: { anyOf: [minAbove('billing_reconciliation_age_seconds', 120)] },
    summary: 'Counter store and ledger have not been compared for two minutes.',
  },
  {
    name: 'AggregatorLedgerFault',
    ...{ severity: 'critical', forMinutes: 5, page: 'ledger-fault' },
    cause: { anyOf: [maxAbove('billing_ledger_faults', 0)] },
    summary: 'A balance of the ledger is not what its transfers make it.',
  },
  {
    name: 'AggregatorLedgerUnchecked',
    ...{ severity: 'warning', forMinutes: 10, page: 'ledger-fault' },
    cause: { anyOf: [minAbove('billing_ledger_check_age_seconds', 7200)] },
    summary: 'The ledger has not been checked for two hours.',
  },
  {
    name: 'AggregatorDifferenceOpen',
    ...{ severity: 'critical', forMinutes: 5, page: 'difference-open' },
    cause: { anyOf: [maxAbove('billing_open_differences', 0)] },
    summary: 'A check found that books differ; invoices are stopped until a person has judged it.',
  },
  {
    name: 'AggregatorChecksLate',
    ...{ severity: 'warning', forMinutes: 10, page: 'difference-open' },
    cause: { anyOf: [minAbove('billing_late_checks', 0)] },
    summary: 'A check of the books has had no result for three of its intervals.',
  },
  {
    name: 'AggregatorHoldOverdue',
    ...{ severity: 'warning', forMinutes: 5, page: 'money-stranded' },
    cause: { anyOf: [maxAbove('billing_oldest_hold_overdue_seconds', 900)] },
    summary: 'A hold of the ledger has been past its time for fifteen minutes.',
  },
  {
    name: 'AggregatorExchangeRateOld',
    ...{ severity: 'warning', forMinutes: 5, page: 'exchange-rate-old' },
    cause: { anyOf: [maxAbove('billing_exchange_rate_age_ratio', 0.8, ['currency'])] },
    summary: 'The exchange rate of {currency} is almost too old, or is: payments and invoices in it then wait.',
  },
  {
    name: 'AggregatorUsageInReview',
    ...{ severity: 'warning', forMinutes: 5, page: 'usage-in-review' },
    cause: { anyOf: [maxAbove('billing_open_reviews', 0)] },
    summary: 'A provider reported usage beyond the bounds of a request; a person must look at it.',
  },
  {
    name: 'AggregatorCorrectionsWaiting',
    ...{ severity: 'warning', forMinutes: 5, page: 'corrections-waiting' },
    cause: { anyOf: [maxAbove('proxy_correction_age_seconds', 3600)] },
    summary: "A charge by estimate has waited for its provider's record for an hour.",
  },
  {
    name: 'AggregatorCorrectionsGivenUp',
    ...{ severity: 'warning', forMinutes: 0, page: 'corrections-waiting' },
    cause: { anyOf: [grew('proxy_corrections_total', 15, { result: 'given_up' })] },
    summary: 'A charge by estimate stays as it is: its provider gave no record.',
  },
  {
    name: 'AggregatorPaymentInReview',
    ...{ severity: 'warning', forMinutes: 5, page: 'payment-in-review' },
    cause: { anyOf: [maxAbove('billing_open_payment_reviews', 0)] },
    summary: 'A payment provider reported what does not fit, a dispute or a failed refund; a person must look at it.',
  },
];
