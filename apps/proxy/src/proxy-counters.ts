import type { Metrics } from '@aggregator/service-kit';

const secondsToFirstToken = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];
const secondsToEnd = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

export type ProxyCounters = ReturnType<typeof createProxyCounters>;

/** Figures of the data plane, under the names that alerts and dashboards use. */
export function createProxyCounters(metrics: Metrics) {
  const labels = ['provider', 'model'] as const;
  return {
    requests: metrics.counter('proxy_requests_total', 'Dispatched requests by how they ended.', [...labels, 'outcome']),
    refusals: metrics.counter('proxy_refusals_total', 'Requests refused before any provider saw them.', ['code']),
    crowded: metrics.counter(
      'proxy_room_refusals_total',
      'Requests refused for lack of room, by pool and by the share that was used up.',
      ['pool', 'by'],
    ),
    failures: metrics.counter('proxy_failures_total', 'Dispatched requests that failed.', ['provider', 'code']),
    attempts: metrics.counter('proxy_failed_attempts_total', 'Attempts that failed, also of requests that succeeded.', [
      ...labels,
      'code',
    ]),
    resumed: metrics.counter('proxy_resumed_streams_total', 'Streams continued at another provider.', [
      'from',
      'provider',
    ]),
    raised: metrics.counter('proxy_raised_holds_total', 'Holds that were raised before an attempt.'),
    estimates: metrics.counter('proxy_estimated_charges_total', 'Charges by estimate.', ['provider']),
    corrections: metrics.counter(
      'proxy_corrections_total',
      'Charges by estimate whose provider was asked for its record later, by result.',
      ['result'],
    ),
    inconsistent: metrics.counter(
      'proxy_usage_inconsistent_total',
      'Answers whose provider reported a usage outside the bounds of the request; charged at the bound.',
      labels,
    ),
    dropped: metrics.counter('proxy_dropped_events_total', 'Events of streams that were no chunks.', ['provider']),
    cost: metrics.counter('proxy_cost_usd_total', 'What callers were charged, in USD.', labels),
    ttft: metrics.histogram('proxy_first_token_seconds', 'Time to the first token.', labels, secondsToFirstToken),
    latency: metrics.histogram('proxy_request_seconds', 'Time to the end of the answer.', labels, secondsToEnd),
    truncated: metrics.counter(
      'streams_truncated_total',
      'Streams that were ended with an error because the grace of a stop was over.',
    ),
    version: metrics.gauge('proxy_snapshot_version', 'Version of the routing snapshot that is served.'),
    storeAway: metrics.gauge(
      'proxy_counter_store_away',
      'Whether the ledger holds for requests, since the counter store is away.',
    ),
    unsettled: metrics.gauge('proxy_unrecovered_intents', 'Requests of an earlier process not settled yet.'),
  };
}
