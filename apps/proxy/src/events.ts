import type { AppError, EntryProblem, RoutingSnapshot, UsageCorrected } from '@aggregator/contracts';
import { formatNanoUsd, toUsdNumber } from '@aggregator/pricing';
import type { Target } from '@aggregator/routing';
import type { Logger, Metrics } from '@aggregator/service-kit';
import { FirstTimes } from './first-times.ts';
import type { GivenUp } from './money/corrections/corrections.ts';
import type { PendingCorrection } from './money/corrections/pending-correction.ts';
import type { DispatchedRequest } from './money/dispatched-request.ts';
import type { AttemptEnd, Settled } from './money/settled.ts';
import { createProxyCounters, type ProxyCounters } from './proxy-counters.ts';
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

export function createProxyEvents(logger: Logger, metrics: Metrics): ProxyEvents {
  const counters = createProxyCounters(metrics);
  return {
    ...createRequestEvents(logger, counters),
    ...createAttemptEvents(logger, counters),
    ...createSettlementEvents(logger, counters),
    ...createStateEvents(logger, counters),
  };
}

/** Requests: refused, or over. */
function createRequestEvents(logger: Logger, counters: ProxyCounters) {
  return {
    requestRefused(requestId, failure, asked) {
      counters.refusals.inc({ code: failure.code });
      const fields = {
        ...{ requestId, status: failure.entry.status, code: failure.code, internal: failure.internal },
        ...asked,
      };
      if (failure.code === 'internal_error') logger.error('request_refused', { ...fields, error: failure });
      else logger.info('request_refused', fields);
    },
    roomRefused: (pool, by) => counters.crowded.inc({ pool, by }),
    requestFinished(request, { failure, latencyMs, ttftMs }, { outcome, charge }) {
      const { requestId, orgId, userId, keyId, model } = request;
      const provider = request.provider.name;
      counters.requests.inc({ provider, model, outcome });
      counters.latency.observe({ provider, model }, latencyMs / 1000);
      if (ttftMs !== null) counters.ttft.observe({ provider, model }, ttftMs / 1000);
      if (charge.amountNanoUsd > 0n) counters.cost.inc({ provider, model }, toUsdNumber(charge.amountNanoUsd));
      if (charge.estimated) counters.estimates.inc({ provider });
      if (charge.reportedUsage !== null) {
        counters.inconsistent.inc({ provider, model });
        const { usage, reportedUsage } = charge;
        logger.warn('usage_inconsistent', { requestId, provider, model, usage, reportedUsage });
      }
      if (outcome === 'failed') counters.failures.inc({ provider, code: failure?.code ?? 'unknown' });
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
  } satisfies Partial<ProxyEvents>;
}

/** Calls of providers, and their streams. */
function createAttemptEvents(logger: Logger, counters: ProxyCounters) {
  const unknownModels = new FirstTimes(unknownModelsMax);
  return {
    attemptFailed(requestId, { candidate }, failure) {
      const provider = candidate.provider.name;
      counters.attempts.inc({ provider, model: candidate.model.id, code: failure.code });
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
      counters.resumed.inc({ from, provider });
      logger.warn('stream_resumed', { requestId, from, provider, model: candidate.model.id });
    },
    holdRaised(requestId, fromNanoUsd, toNanoUsd) {
      counters.raised.inc({});
      const amounts = { fromNanoUsd: formatNanoUsd(fromNanoUsd), toNanoUsd: formatNanoUsd(toNanoUsd) };
      logger.info('hold_raised', { requestId, ...amounts });
    },
    eventsDropped(requestId, provider, count) {
      counters.dropped.inc({ provider }, count);
      logger.warn('stream_events_dropped', { requestId, provider, count });
    },
    streamsTruncated(count) {
      if (count === 0) return;
      counters.truncated.inc({}, count);
      logger.warn('streams_truncated', { count });
    },
  } satisfies Partial<ProxyEvents>;
}

/** What is settled later, or corrected. */
function createSettlementEvents(logger: Logger, counters: ProxyCounters) {
  return {
    settlementLeft: ({ requestId }) => logger.warn('settlement_left_to_next_start', { requestId }),
    holdNotReleased: (requestId, error) => logger.warn('hold_not_released', { requestId, error }),
    recoveryBegun(count) {
      counters.unsettled.set(count);
      if (count > 0) logger.info('recovery_begun', { count });
    },
    recoveryAdvanced(left) {
      counters.unsettled.set(left);
      if (left > 0) logger.warn('recovery_delayed', { left });
    },
    intentUnreadable: (eventId, error) => logger.error('intent_unreadable', { eventId, error }),
    estimateCorrected({ request: { requestId }, settled }, event) {
      counters.corrections.inc({ result: event === null ? 'unchanged' : 'corrected' });
      const settledNanoUsd = settled.amountNanoUsd;
      logger.info('estimate_corrected', {
        ...{ requestId, settledNanoUsd },
        actualNanoUsd: event?.actual.amountNanoUsd ?? settledNanoUsd,
      });
      if (event?.reportedUsage == null) return;
      const { provider, model, actual, reportedUsage } = event;
      counters.inconsistent.inc({ provider, model });
      logger.warn('usage_inconsistent', { requestId, provider, model, usage: actual.usage, reportedUsage });
    },
    correctionGivenUp(requestId, reason, error) {
      counters.corrections.inc({ result: 'given_up' });
      logger.warn('correction_given_up', { requestId, reason, ...(error !== undefined && { error }) });
    },
  } satisfies Partial<ProxyEvents>;
}

/** The snapshot, and the parts that the proxy depends on. */
function createStateEvents(logger: Logger, counters: ProxyCounters) {
  return {
    snapshotTaken(snapshot) {
      counters.version.set(snapshot.version);
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
      counters.storeAway.set(isAway ? 1 : 0);
      if (isAway) logger.error('counter_store_away', { error });
      else logger.info('counter_store_back');
    },
    partFailed: (part, error) => logger.warn('part_failed', { part, error }),
  } satisfies Partial<ProxyEvents>;
}
