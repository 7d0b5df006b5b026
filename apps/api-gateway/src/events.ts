import type { AppError, Principal } from '@aggregator/contracts';
import {
  type CounterFigure,
  type HistogramFigure,
  LineBudget,
  type Logger,
  type Metrics,
} from '@aggregator/service-kit';

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
  /** Bounds the lines about callers without a valid credential. */
  strangerLines: LineBudget;
}

export function createGatewayEvents(metrics: Metrics): GatewayEvents {
  return {
    strangerLines: new LineBudget(strangerLinesMax, () => performance.now()),
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

/** Lines about callers without a valid credential, in a second: a flood of them must cost little. */
const strangerLinesMax = 20;
const pathLengthMax = 300;

/** What is known of a request for its line in the log. */
export interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Null if the caller has no valid credential. */
  readonly principal: Principal | null;
  readonly clientIp: string;
  readonly failure: AppError | null;
}

interface Finished {
  readonly logger: Logger;
  readonly events: GatewayEvents;
}

/** A request to the management API is over: one line for each. */
export function managementRequestFinished({ logger, events }: Finished, facts: RequestFacts): void {
  if (facts.principal === null && facts.status >= 400)
    logStranger({ logger, events }, 'management_request_refused', facts);
  else logger.info('management_request_finished', toFields(facts));
}

/** A caller without a valid credential was refused; beyond the budget only its number is logged. */
function logStranger({ logger, events }: Finished, event: string, facts: RequestFacts): void {
  const line = events.strangerLines.take();
  if (line === null) return;
  if (line.leftOut > 0) logger.info('refused_requests_left_out', { count: line.leftOut });
  logger.info(event, toFields(facts));
}

function toFields({ principal, failure, clientIp, durationMs, path, ...facts }: RequestFacts) {
  const { orgId, userId, keyId } = principal ?? {};
  return {
    ...{ ...facts, path: path.slice(0, pathLengthMax), durationMs: Math.round(durationMs) },
    ...(principal === null ? { clientIp } : { orgId, userId, keyId }),
    ...(failure !== null && { code: failure.code, internal: failure.internal }),
  };
}

/** An AI request is over. The proxy logs what reached it; what was refused here, or broke, is logged here. */
export function aiRequestFinished(context: Finished, facts: RequestFacts): void {
  const labels = { status: String(facts.status) };
  context.events.requests.inc(labels);
  context.events.duration.observe(labels, facts.durationMs / 1000);
  if (facts.failure === null || facts.failure.code === 'request_cancelled') return;
  const isFailed = facts.failure.entry.status >= 500;
  if (isFailed) context.logger.error('ai_request_failed', { ...toFields(facts), error: facts.failure });
  else if (facts.principal === null) logStranger(context, 'ai_request_refused', facts);
  else context.logger.info('ai_request_refused', toFields(facts));
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
