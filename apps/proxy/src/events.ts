import type { AppError, EntryProblem, RoutingSnapshot, UsageCorrected } from '@aggregator/contracts';
import { formatNanoUsd, toUsdNumber } from '@aggregator/pricing';
import type { Target } from '@aggregator/routing';
import type { Logger, Metrics } from '@aggregator/service-kit';
import { FirstTimes } from './first-times.ts';
import type { GivenUp } from './money/corrections/corrections.ts';
import type { PendingCorrection } from './money/corrections/pending-correction.ts';
import type { DispatchedRequest } from './money/dispatched-request.ts';
import type { AttemptEnd, Settled } from './money/settled.ts';
import type { RefusedBy } from './routes/room.ts';

/** What happened in the data plane, each once: figures, and one line of log. */
/** What is known of a request that was refused. */
export interface RefusedRequest {
  readonly orgId: string;
  readonly userId: string;
  readonly keyId: string | null;
  /** As the client wrote it, at most 200 characters; absent if the body was not read. */
  readonly model?: string;
}

export interface ProxyEvents {
  /** Before any provider saw it. */
  /** @param asked Null if the caller is not known. */
  requestRefused(requestId: string, failure: AppError, asked: RefusedRequest | null): void;
  /** The pool of the proxy's room that refused a request, and the share that was used up. */
  roomRefused(pool: string, by: RefusedBy): void;
  requestFinished(
    request: DispatchedRequest,
    end: Pick<AttemptEnd, 'failure' | 'latencyMs' | 'ttftMs'>,
    settled: Settled,
  ): void;
  /** One attempt of a request; another may follow. */
  attemptFailed(requestId: string, target: Target, failure: AppError): void;
  /** A stream that broke off at one provider was continued at another. */
  streamResumed(requestId: string, from: string, target: Target): void;
  /** An attempt needed more than its request held. Nano-USD. */
  holdRaised(requestId: string, fromNanoUsd: bigint, toNanoUsd: bigint): void;
  /** Events of a stream that were no chunks, and were left out. */
  eventsDropped(requestId: string, provider: string, count: number): void;
  /** So many were ended because the grace of a stop was over. */
  streamsTruncated(count: number): void;
  /** Its provider could not be asked before this process ended. */
  settlementLeft(request: DispatchedRequest): void;
  holdNotReleased(requestId: string, error: unknown): void;
  recoveryBegun(count: number): void;
  /** A round is over; those left are tried again. */
  recoveryAdvanced(left: number): void;
  intentUnreadable(eventId: string, error: unknown): void;
  /** The provider's record of a request that was charged by an estimate is published; null: the estimate was the truth. */
  estimateCorrected(pending: PendingCorrection, event: UsageCorrected | null): void;
  /** A charge by estimate stays as it is. `requestId` is a file's name if the file is unreadable. */
  correctionGivenUp(requestId: string, reason: GivenUp, error?: unknown): void;
  snapshotTaken(snapshot: RoutingSnapshot): void;
  snapshotRefused(problems: readonly EntryProblem[]): void;
  /** What of the snapshot that is served from now on could not be read. */
  snapshotEntriesLeftOut(problems: readonly EntryProblem[]): void;
  snapshotNotSaved(error: unknown): void;
  savedSnapshotUnreadable(error: unknown): void;
  snapshotStreamLost(error: unknown): void;
  /** The counter store went away, or is back: meanwhile the ledger holds for each request. */
  counterStoreChanged(isAway: boolean, error: unknown): void;
  /** Our reports do not reach the orchestrator; logged once for each row of failures. */
  reportNotSent(error: unknown): void;
  /** Billing does not learn how far the spool is, and gives no money back; once for each row of failures. */
  watermarkNotSent(error: unknown): void;
  /** `explain` knows nothing of requests that were rejected of late; once for each row of failures. */
  rejectionsNotSent(error: unknown): void;
  /** The counter store, the event log or the spool's disk. */
  partFailed(part: string, error: unknown): void;
}

/** Models of which it is logged once that their provider does not know them; beyond it each time. */
const unknownModelsMax = 1000;

const secondsToFirstToken = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];
const secondsToEnd = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

export function createProxyEvents(logger: Logger, metrics: Metrics): ProxyEvents {
  const labels = ['provider', 'model'] as const;
  const requests = metrics.counter('proxy_requests_total', 'Dispatched requests by how they ended.', [
    ...labels,
    'outcome',
  ]);
  const refusals = metrics.counter('proxy_refusals_total', 'Requests refused before any provider saw them.', ['code']);
  const crowded = metrics.counter(
    'proxy_room_refusals_total',
    'Requests refused for lack of room, by pool and by the share that was used up.',
    ['pool', 'by'],
  );
  const failures = metrics.counter('proxy_failures_total', 'Dispatched requests that failed.', ['provider', 'code']);
  const attempts = metrics.counter(
    'proxy_failed_attempts_total',
    'Attempts that failed, also of requests that succeeded.',
    [...labels, 'code'],
  );
  const resumed = metrics.counter('proxy_resumed_streams_total', 'Streams continued at another provider.', [
    'from',
    'provider',
  ]);
  const raised = metrics.counter('proxy_raised_holds_total', 'Holds that were raised before an attempt.');
  const estimates = metrics.counter('proxy_estimated_charges_total', 'Charges by estimate.', ['provider']);
  const corrections = metrics.counter(
    'proxy_corrections_total',
    'Charges by estimate whose provider was asked for its record later, by result.',
    ['result'],
  );
  const inconsistent = metrics.counter(
    'proxy_usage_inconsistent_total',
    'Answers whose provider reported a usage outside the bounds of the request; charged at the bound.',
    labels,
  );
  const dropped = metrics.counter('proxy_dropped_events_total', 'Events of streams that were no chunks.', ['provider']);
  const cost = metrics.counter('proxy_cost_usd_total', 'What callers were charged, in USD.', labels);
  const ttft = metrics.histogram('proxy_first_token_seconds', 'Time to the first token.', labels, secondsToFirstToken);
  const latency = metrics.histogram('proxy_request_seconds', 'Time to the end of the answer.', labels, secondsToEnd);
  const truncated = metrics.counter(
    'streams_truncated_total',
    'Streams that were ended with an error because the grace of a stop was over.',
  );
  const version = metrics.gauge('proxy_snapshot_version', 'Version of the routing snapshot that is served.');
  const storeAway = metrics.gauge(
    'proxy_counter_store_away',
    'Whether the ledger holds for requests, since the counter store is away.',
  );
  const unsettled = metrics.gauge('proxy_unrecovered_intents', 'Requests of an earlier process not settled yet.');

  const unknownModels = new FirstTimes(unknownModelsMax);

  return {
    requestRefused(requestId, failure, asked) {
      refusals.inc({ code: failure.code });
      const fields = {
        ...{ requestId, status: failure.entry.status, code: failure.code, internal: failure.internal },
        ...asked,
      };
      if (failure.code === 'internal_error') logger.error('request_refused', { ...fields, error: failure });
      else logger.info('request_refused', fields);
    },
    roomRefused: (pool, by) => crowded.inc({ pool, by }),
    requestFinished(request, { failure, latencyMs, ttftMs }, { outcome, charge }) {
      const { requestId, orgId, userId, keyId, model } = request;
      const provider = request.provider.name;
      requests.inc({ provider, model, outcome });
      latency.observe({ provider, model }, latencyMs / 1000);
      if (ttftMs !== null) ttft.observe({ provider, model }, ttftMs / 1000);
      if (charge.amountNanoUsd > 0n) cost.inc({ provider, model }, toUsdNumber(charge.amountNanoUsd));
      if (charge.estimated) estimates.inc({ provider });
      if (charge.reportedUsage !== null) {
        inconsistent.inc({ provider, model });
        const { usage, reportedUsage } = charge;
        logger.warn('usage_inconsistent', { requestId, provider, model, usage, reportedUsage });
      }
      if (outcome === 'failed') failures.inc({ provider, code: failure?.code ?? 'unknown' });
      const level = outcome === 'failed' ? 'warn' : 'info';
      logger[level]('request_finished', {
        ...{ requestId, orgId, userId, keyId, provider, model, outcome },
        ...{ ttftMs: ttftMs === null ? null : Math.round(ttftMs), latencyMs: Math.round(latencyMs) },
        ...(failure !== null && { code: failure.code, internal: failure.internal }),
        costNanoUsd: formatNanoUsd(charge.amountNanoUsd),
        estimated: charge.estimated,
        attempts: request.earlier.length + 1,
      });
    },
    attemptFailed(requestId, { candidate }, failure) {
      const provider = candidate.provider.name;
      attempts.inc({ provider, model: candidate.model.id, code: failure.code });
      const { code, internal } = failure;
      // Our own set-up is wrong: only the operator can mend that, and no retry can.
      const level = code === 'upstream_misconfigured' ? 'error' : 'warn';
      const model = candidate.model.id;
      logger[level]('attempt_failed', { requestId, provider, model, code, internal });
      if (code === 'model_not_found' && unknownModels.isNew(`${provider}/${model}`)) {
        logger.error('provider_model_unknown', { requestId, provider, model, internal });
      }
    },
    streamResumed(requestId, from, { candidate }) {
      const provider = candidate.provider.name;
      resumed.inc({ from, provider });
      logger.warn('stream_resumed', { requestId, from, provider, model: candidate.model.id });
    },
    holdRaised(requestId, fromNanoUsd, toNanoUsd) {
      raised.inc({});
      const amounts = { fromNanoUsd: formatNanoUsd(fromNanoUsd), toNanoUsd: formatNanoUsd(toNanoUsd) };
      logger.info('hold_raised', { requestId, ...amounts });
    },
    eventsDropped(requestId, provider, count) {
      dropped.inc({ provider }, count);
      logger.warn('stream_events_dropped', { requestId, provider, count });
    },
    streamsTruncated(count) {
      if (count === 0) return;
      truncated.inc({}, count);
      logger.warn('streams_truncated', { count });
    },
    settlementLeft: ({ requestId }) => logger.warn('settlement_left_to_next_start', { requestId }),
    holdNotReleased: (requestId, error) => logger.warn('hold_not_released', { requestId, error }),
    recoveryBegun(count) {
      unsettled.set(count);
      if (count > 0) logger.info('recovery_begun', { count });
    },
    recoveryAdvanced(left) {
      unsettled.set(left);
      if (left > 0) logger.warn('recovery_delayed', { left });
    },
    intentUnreadable: (eventId, error) => logger.error('intent_unreadable', { eventId, error }),
    estimateCorrected({ request: { requestId }, settled }, event) {
      corrections.inc({ result: event === null ? 'unchanged' : 'corrected' });
      const settledNanoUsd = settled.amountNanoUsd;
      logger.info('estimate_corrected', {
        ...{ requestId, settledNanoUsd },
        actualNanoUsd: event?.actual.amountNanoUsd ?? settledNanoUsd,
      });
      if (event?.reportedUsage == null) return;
      const { provider, model, actual, reportedUsage } = event;
      inconsistent.inc({ provider, model });
      logger.warn('usage_inconsistent', { requestId, provider, model, usage: actual.usage, reportedUsage });
    },
    correctionGivenUp(requestId, reason, error) {
      corrections.inc({ result: 'given_up' });
      logger.warn('correction_given_up', { requestId, reason, ...(error !== undefined && { error }) });
    },
    snapshotTaken(snapshot) {
      version.set(snapshot.version);
      logger.info('snapshot_taken', { epoch: snapshot.epoch, version: snapshot.version });
    },
    snapshotRefused: (problems) => logger.error('snapshot_refused', { problems }),
    snapshotEntriesLeftOut: (problems) => logger.error('snapshot_entries_left_out', { problems }),
    snapshotNotSaved: (error) => logger.warn('snapshot_not_saved', { error }),
    savedSnapshotUnreadable: (error) => logger.warn('saved_snapshot_unreadable', { error }),
    reportNotSent: (error) => logger.warn('report_not_sent', { error }),
    watermarkNotSent: (error) => logger.warn('spool_watermark_not_sent', { error }),
    rejectionsNotSent: (error) => logger.warn('rejections_not_sent', { error }),
    snapshotStreamLost: (error) => logger.warn('snapshot_stream_lost', { error }),
    counterStoreChanged(isAway, error) {
      storeAway.set(isAway ? 1 : 0);
      if (isAway) logger.error('counter_store_away', { error });
      else logger.info('counter_store_back');
    },
    partFailed: (part, error) => logger.warn('part_failed', { part, error }),
  };
}
