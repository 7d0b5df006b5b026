import type { AppError } from '@aggregator/contracts';
import type { CounterFigure, HistogramFigure, Logger, Metrics } from '@aggregator/service-kit';

export interface GatewayEvents {
  requests: CounterFigure<'status'>;
  duration: HistogramFigure<'status'>;
  truncatedStreams: CounterFigure;
  revokedStreams: CounterFigure;
  /** `by`: whose share refused (`key`, `organization`, `address`, `public`), or `pool` if the pool was full. */
  shareRefusals: CounterFigure<'pool' | 'by'>;
  bodiesCut: CounterFigure<'reason'>;
  connectionsRefused: CounterFigure;
  stalledAnswers: CounterFigure;
  storeAway: ReturnType<Metrics['gauge']>;
}

export function createGatewayEvents(metrics: Metrics): GatewayEvents {
  return {
    requests: metrics.counter('gateway_ai_requests_total', 'AI requests by the status of their answer.', ['status']),
    duration: metrics.histogram(
      'gateway_ai_request_duration_seconds',
      'Time from an AI request to the end of its answer.',
      ['status'],
      [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    ),
    storeAway: metrics.gauge(
      'gateway_counter_store_away',
      'Whether this gateway keeps to its own part of the limits, since the counter store is away.',
    ),
    truncatedStreams: metrics.counter(
      'streams_truncated_total',
      'Streams that were ended with an error because the grace of a stop was over.',
    ),
    revokedStreams: metrics.counter(
      'gateway_streams_revoked_total',
      'Streams that were ended because their key, user or organisation was cut off.',
    ),
    shareRefusals: metrics.counter(
      'gateway_share_refusals_total',
      'Requests that were refused without room, by pool and by the share that was used up.',
      ['pool', 'by'],
    ),
    bodiesCut: metrics.counter(
      'gateway_bodies_cut_total',
      'Request bodies that were cut: too slow, or evicted by another client.',
      ['reason'],
    ),
    connectionsRefused: metrics.counter(
      'gateway_connections_refused_total',
      'Connections of clients that were refused, or closed to make room.',
    ),
    stalledAnswers: metrics.counter(
      'gateway_answers_stalled_total',
      'Answers that were cut because the client read nothing for a minute.',
    ),
  };
}

/** An AI request is over. The proxy logs what was served; only what never got there, or broke, is logged here. */
export function aiRequestFinished(
  context: { logger: Logger; events: GatewayEvents },
  facts: { requestId: string; failure: AppError | null; status: number; durationMs: number },
): void {
  const labels = { status: String(facts.status) };
  context.events.requests.inc(labels);
  context.events.duration.observe(labels, facts.durationMs / 1000);
  if (facts.failure === null || facts.failure.code === 'request_cancelled') return;
  const fields = { requestId: facts.requestId, code: facts.failure.code, internal: facts.failure.internal };
  if (facts.failure.entry.status >= 500) context.logger.error('ai_request_failed', { ...fields, error: facts.failure });
  else context.logger.debug('ai_request_refused', fields);
}

/** The counter store went away, or is back: meanwhile each gateway keeps to its part of the limits. */
export function counterStoreChanged(
  { logger, events }: { logger: Logger; events: GatewayEvents },
  isAway: boolean,
  error: unknown,
): void {
  events.storeAway.set(isAway ? 1 : 0);
  if (isAway) logger.error('counter_store_away', { error });
  else logger.info('counter_store_back');
}
