/** One graph. `by`: the label that makes its lines. */
export interface Panel {
  readonly title: string;
  /** PromQL; `$scope` stands for the labels of the installation. */
  readonly expr: string;
  readonly by?: string;
  /** Unit of Grafana. */
  readonly unit?: string;
}

export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const perSecond = (figure: string, by: string, title: string): Panel => ({
  ...{ title, by, unit: 'ops', expr: `sum by (${by}) (rate(${figure}{$scope}[5m]))` },
});
const highest = (figure: string, title: string, unit = 'short', by = 'pod'): Panel => ({
  ...{ title, by, unit, expr: `max by (${by}) (${figure}{$scope})` },
});
const grown = (figure: string, title: string, by: string): Panel => ({
  ...{ title, by, expr: `sum by (${by}) (increase(${figure}{$scope}[15m]))` },
});
const p95 = (figure: string, title: string): Panel => ({
  ...{ title, by: 'provider', unit: 's' },
  expr: `histogram_quantile(0.95, sum by (le, provider) (rate(${figure}_bucket{$scope}[5m])))`,
});

/** What every process has. */
const processPanels = (service: string): Panel[] =>
  [
    {
      title: 'CPU, cores',
      by: 'pod',
      expr: 'sum by (pod) (rate(process_cpu_seconds_total{$scope,service="$service"}[5m]))',
    },
    {
      ...{ title: 'Memory', by: 'pod', unit: 'bytes' },
      expr: 'max by (pod) (process_resident_memory_bytes{$scope,service="$service"})',
    },
    {
      ...{ title: 'Lag of the event loop, p99', by: 'pod', unit: 's' },
      expr: 'max by (pod) (nodejs_eventloop_lag_p99_seconds{$scope,service="$service"})',
    },
  ].map((panel) => ({ ...panel, expr: panel.expr.replace('$service', service) }));

const ofService = (service: string, panels: readonly Panel[]): Dashboard => ({
  ...{ name: service, title: `AI Aggregator: ${service}`, panels: [...panels, ...processPanels(service)] },
});

/** One dashboard for each service, and one of the business. overview.json is written by hand. */
export const dashboards: readonly Dashboard[] = [
  ofService('api-gateway', [
    perSecond('gateway_ai_requests_total', 'status', 'AI requests by status'),
    highest('gateway_inflight_requests', 'AI requests that are here now'),
  ]),
  ofService('auth', [
    perSecond('auth_key_verdicts_total', 'verdict', 'Keys that gateways asked about'),
    perSecond('auth_logins_total', 'result', 'Logins by result'),
    grown('auth_security_events_total', 'Security events in 15 minutes', 'type'),
    perSecond('auth_mails_total', 'result', 'Mails by result'),
    perSecond('auth_webhook_attempts_total', 'state', 'Webhooks by state'),
    highest('auth_waiting_jobs', 'Jobs that wait', 'short', 'queue'),
  ]),
  ofService('provider-orchestrator', [
    highest('orchestrator_providers_unhealthy', 'Unhealthy providers'),
    highest('orchestrator_snapshot_version', 'Version of the snapshot'),
    perSecond('orchestrator_snapshot_acks_total', 'result', 'Answers of proxies to snapshots'),
    highest('orchestrator_price_age_seconds', 'Age of the newest price', 's'),
  ]),
  ofService('proxy', [
    perSecond('proxy_requests_total', 'outcome', 'Requests by outcome'),
    perSecond('proxy_refusals_total', 'code', 'Refused before any provider saw them'),
    perSecond('proxy_failed_attempts_total', 'provider', 'Failed attempts by provider'),
    p95('proxy_request_seconds', 'Time to the end of an answer, p95'),
    p95('proxy_first_token_seconds', 'Time to the first token, p95'),
    highest('proxy_inflight_requests', 'AI requests that are here now'),
    highest('proxy_spool_fill_ratio', 'Fill of the spool', 'percentunit'),
    highest('proxy_counter_store_away', 'Counter store is away'),
  ]),
  ofService('billing', [
    perSecond('billing_usage_events_total', 'result', 'Events of usage by result'),
    highest('billing_dead_letters', 'Dead letters that wait'),
    highest('billing_unreconciled_nano_usd', 'Difference of counter store and ledger, nano-USD'),
    highest('billing_stranded_nano_usd', 'Stranded leases, nano-USD', 'short', 'reason'),
    highest('billing_open_differences', 'Open differences of the books'),
    highest('billing_ledger_faults', 'Faults of the ledger'),
    highest('billing_notices_waiting', 'Notices that wait'),
  ]),
  ofService('analytics', [
    perSecond('analytics_usage_events_total', 'result', 'Events of usage by result'),
    highest('analytics_firing_alerts', 'Causes of alerts that hold'),
    perSecond('analytics_alert_messages_total', 'channel', 'Attempts to send alerts'),
    highest('analytics_waiting_jobs', 'Messages that wait', 'short', 'queue'),
  ]),
  {
    ...{ name: 'business', title: 'AI Aggregator: business' },
    panels: [
      { ...perSecond('proxy_cost_usd_total', 'model', 'Charged by model, USD a second'), unit: 'currencyUSD' },
      {
        ...{ title: 'Charged by provider, USD a day', by: 'provider', unit: 'currencyUSD' },
        expr: 'sum by (provider) (increase(proxy_cost_usd_total{$scope}[1d]))',
      },
      {
        ...{ title: 'Charged for a request, USD', by: 'model', unit: 'currencyUSD' },
        expr: 'sum by (model) (rate(proxy_cost_usd_total{$scope}[1h])) / sum by (model) (rate(proxy_requests_total{$scope}[1h]))',
      },
      perSecond('proxy_requests_total', 'model', 'Requests by model'),
      grown('auth_accounts_registered_total', 'New organisations in 15 minutes', 'service'),
      grown('billing_low_balances_total', 'Low balances in 15 minutes', 'service'),
      grown('billing_unusual_spending_total', 'Unusual spending in 15 minutes', 'service'),
      grown('billing_platform_loss_nano_usd_total', 'Loss of the platform in 15 minutes, nano-USD', 'service'),
    ],
  },
];
