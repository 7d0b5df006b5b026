/** Figures that raise an alert after 50 minutes: values a minute apart, as promtool writes them. */
export interface AlertCase {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  /** Labels of the alert beside those of its rule. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Values of all series that raise nothing; zeros if absent. */
  readonly quiet?: string;
}

const grows = '0x49 1x10';

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'AggregatorErrorRateHigh',
    series: {
      'gateway_ai_requests_total{status="503"}': '0+60x60',
      'gateway_ai_requests_total{status="200"}': '0+900x60',
    },
  },
  {
    alert: 'AggregatorRateLimitExceeded',
    series: {
      'proxy_refusals_total{code="rate_limit_exceeded"}': '0+60x60',
      'gateway_ai_requests_total{status="200"}': '0+300x60',
    },
  },
  { alert: 'AggregatorProviderFailing', series: { orchestrator_providers_unhealthy: '1x60' } },
  {
    alert: 'AggregatorAttemptsFailing',
    series: { 'proxy_failed_attempts_total{provider="openai",code="upstream_error"}': '0+120x60' },
    labels: { provider: 'openai' },
  },
  {
    alert: 'AggregatorProviderKeyRefused',
    series: { 'proxy_failed_attempts_total{provider="openai",code="upstream_misconfigured"}': grows },
    labels: { provider: 'openai' },
  },
  {
    alert: 'AggregatorProviderModelUnknown',
    series: { 'proxy_failed_attempts_total{provider="openai",model="gpt-9",code="model_not_found"}': grows },
    labels: { provider: 'openai', model: 'gpt-9' },
  },
  { alert: 'AggregatorSnapshotRefused', series: { 'orchestrator_snapshot_acks_total{result="nack"}': grows } },
  { alert: 'AggregatorPricesOld', series: { orchestrator_price_age_seconds: '8000000x120' } },
  {
    alert: 'AggregatorSpoolFilling',
    series: { 'proxy_spool_fill_ratio{pod="proxy-0"}': '0.8x60' },
    labels: { pod: 'proxy-0' },
  },
  { alert: 'AggregatorOperatorNotLeading', series: { leader: '0x60' }, quiet: '1x90' },
  {
    alert: 'AggregatorSecurityIncident',
    series: { 'auth_security_events_total{type="key.leaked",severity="critical"}': grows },
    labels: { type: 'key.leaked' },
  },
  { alert: 'AggregatorBalanceLow', series: { billing_low_balances_total: grows } },
  { alert: 'AggregatorSpendingUnusual', series: { billing_unusual_spending_total: grows } },
  { alert: 'AggregatorCardExpiring', series: { 'billing_notices_total{type="card.expiring"}': grows } },
  {
    alert: 'AggregatorSubscriptionEnding',
    series: { 'billing_notices_total{type="subscription.past_due"}': grows },
    labels: { type: 'subscription.past_due' },
  },
  { alert: 'AggregatorNoticesWaiting', series: { billing_notices_waiting: '3x60' } },
  { alert: 'AggregatorNoticesWaiting', series: { billing_notices_given_up_total: '0x5 1x60' } },
  {
    alert: 'AggregatorJobsWaiting',
    series: { 'auth_waiting_jobs{queue="webhook"}': '1001x60' },
    labels: { queue: 'webhook' },
  },
  {
    alert: 'AggregatorJobsWaiting',
    series: { 'analytics_waiting_jobs{queue="alert"}': '101x60' },
    labels: { queue: 'alert' },
  },
  { alert: 'AggregatorPlatformLoss', series: { billing_platform_loss_nano_usd_total: '0x49 5x10' } },
  { alert: 'AggregatorPlatformLoss', series: { billing_provider_excess_nano_usd_total: '0x49 5x10' } },
  { alert: 'AggregatorUsageQuarantined', series: { 'billing_usage_events_total{result="quarantined"}': grows } },
  { alert: 'AggregatorDeadLetters', series: { 'analytics_usage_events_total{result="rejected"}': grows } },
  { alert: 'AggregatorDeadLettersWaiting', series: { billing_dead_letters: '2x60' } },
  { alert: 'AggregatorSpoolRecordsMissing', series: { billing_spool_gaps: '1x60' } },
  { alert: 'AggregatorSpoolSilent', series: { billing_silent_spools: '1x60' } },
  {
    alert: 'AggregatorMoneyStranded',
    series: { 'billing_stranded_nano_usd{reason="spool_silent"}': '7x60' },
    labels: { reason: 'spool_silent' },
  },
  { alert: 'AggregatorMoneyStranded', series: { billing_stranded_holds_nano_usd: '7x60' } },
  { alert: 'AggregatorMoneyUnreconciled', series: { billing_unreconciled_nano_usd: '9x60' } },
  { alert: 'AggregatorReconciliationStale', series: { billing_reconciliation_age_seconds: '0+60x60' } },
  { alert: 'AggregatorLedgerFault', series: { billing_ledger_faults: '1x60' } },
  { alert: 'AggregatorLedgerUnchecked', series: { billing_ledger_check_age_seconds: '7300+60x60' } },
  { alert: 'AggregatorCorrectionsWaiting', series: { proxy_correction_age_seconds: '3700x60' } },
  { alert: 'AggregatorCorrectionsGivenUp', series: { 'proxy_corrections_total{result="given_up"}': grows } },
  { alert: 'AggregatorDifferenceOpen', series: { 'billing_open_differences{kind="events"}': '1x60' } },
  { alert: 'AggregatorChecksLate', series: { billing_late_checks: '1x60' } },
  { alert: 'AggregatorHoldOverdue', series: { billing_oldest_hold_overdue_seconds: '901x60' } },
  {
    alert: 'AggregatorExchangeRateOld',
    series: { 'billing_exchange_rate_age_ratio{currency="RUB"}': '0.81x60' },
    labels: { currency: 'RUB' },
  },
  { alert: 'AggregatorUsageInReview', series: { billing_open_reviews: '2x60' } },
  { alert: 'AggregatorPaymentInReview', series: { billing_open_payment_reviews: '1x60' } },
];

/** Returns the values that promtool makes of a notation: `0x49 5x10`, `7300+60x60`. */
export function toValues(notation: string): number[] {
  return notation.split(' ').flatMap((part) => {
    const [, start = '', step = '0', count = ''] = /^([\d.]+)(?:\+([\d.]+))?x(\d+)$/.exec(part) ?? [];
    return Array.from({ length: Number(count) + 1 }, (_, index) => Number(start) + Number(step) * index);
  });
}
