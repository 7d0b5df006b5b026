import { crdApiVersion } from '@aggregator/contracts';
import type { CacheHooks, EventRecorder, ResourceKind, WorkQueue } from '@aggregator/kubernetes';
import type { Logger, Metrics } from '@aggregator/service-kit';
import { type ConditionCounts, createConditionCounts } from './status/condition-counts.ts';
import type { Transition } from './status/merge-conditions.ts';
import type { ObjectMetadata } from './watch/read-object.ts';

type CrdKind = 'Provider' | 'ModelRoute' | 'PriceTable';

/** What happened, each once: counter, log, and for people who look at an object, an Event. Never holds a key. */
export interface OperatorEvents {
  readonly watchHooks: CacheHooks & { onForbidden(kind: ResourceKind, namespace: string): void };
  readonly conditions: ConditionCounts;
  readonly priceTableConditions: ConditionCounts;
  leadershipTaken(epoch: number): void;
  /** The process ends now; its supervisor restarts it. */
  processEnded(reason: string): void;
  declared(facts: {
    reconcileId: string;
    epoch: number;
    version: number;
    providers: number;
    routes: number;
    priceTables: number;
    refused: number;
    startedAtMs: number;
  }): void;
  credentialsHandedOver(facts: { reconcileId: string; count: number }): void;
  /** The orchestrator cannot keep keys, as it is set up. */
  credentialsRefused(error: unknown): void;
  secretUnreadable(secret: { namespace: string; name: string }, error: unknown): void;
  orchestratorFailed(error: unknown): void;
  orchestratorBack(): void;
  /** The orchestrator has an older state than before, or another one. */
  orchestratorWentBack(): void;
  runEnded(result: 'success' | 'error', durationMs: number): void;
  runFailed(key: string, error: unknown): void;
  keyDropped(key: string): void;
  keyAdded(): void;
  keyRetried(): void;
  queueSeen(queue: Pick<WorkQueue, 'depth' | 'longestRunMs'>): void;
  statusWritten(kind: ResourceKind): void;
  statusConflict(kind: ResourceKind): void;
  conditionsChanged(kind: CrdKind, metadata: ObjectMetadata, transitions: readonly Transition[]): void;
  /** From when the orchestrator took it to when the last proxy served it. */
  programmed(lagMs: number): void;
  providerReleased(metadata: ObjectMetadata, because: 'drained' | 'skipped' | 'overdue'): void;
  kubernetesFailed(error: unknown): void;
}

const drainOverdue =
  'Drain deadline exceeded: deleting the Provider although some proxies have not confirmed that they stopped using it.';
const lagBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createOperatorEvents(logger: Logger, metrics: Metrics, recorder: EventRecorder): OperatorEvents {
  const counters = createCounters(metrics);
  let isAway = false;
  return {
    conditions: createConditionCounts(metrics, 'provider_condition', 'Providers'),
    priceTableConditions: createConditionCounts(metrics, 'price_table_condition', 'PriceTables'),
    watchHooks: createWatchHooks(logger, counters),
    leadershipTaken(epoch) {
      counters.leader.set(1);
      logger.info('leadership_taken', { epoch });
    },
    processEnded(reason) {
      counters.leader.set(0);
      logger.error('process_ended', { reason });
    },
    declared({ startedAtMs, ...facts }) {
      counters.snapshotVersion.set(facts.version);
      counters.refused.set(facts.refused);
      logger.info('declared', { ...facts, durationMs: Math.round(performance.now() - startedAtMs) });
    },
    credentialsHandedOver: (facts) => logger.info('keys_handed_over', facts),
    credentialsRefused: (error) => logger.error('keys_refused', { error }),
    secretUnreadable: ({ namespace, name }, error) => logger.warn('key_source_unreadable', { namespace, name, error }),
    orchestratorFailed(error) {
      counters.orchestratorFailures.inc();
      if (!isAway) logger.warn('orchestrator_lost', { error });
      isAway = true;
    },
    orchestratorBack() {
      if (isAway) logger.info('orchestrator_back');
      isAway = false;
    },
    orchestratorWentBack: () => logger.warn('orchestrator_went_back'),
    runEnded(result, durationMs) {
      counters.runs.inc({ result });
      counters.runDuration.observe({ result }, durationMs / 1000);
    },
    runFailed: (key, error) => logger.warn('reconcile_failed', { key, error }),
    keyDropped: (key) => logger.error('queue_key_dropped', { key }),
    keyAdded: () => counters.adds.inc(),
    keyRetried: () => counters.retries.inc(),
    queueSeen({ depth, longestRunMs }) {
      counters.depth.set(depth);
      counters.longestRun.set(longestRunMs / 1000);
    },
    statusWritten: ({ kind }) => counters.statusWrites.inc({ kind, result: 'written' }),
    statusConflict: ({ kind }) => counters.statusWrites.inc({ kind, result: 'conflict' }),
    conditionsChanged(kind, metadata, transitions) {
      const { namespace, name, uid, generation } = metadata;
      const subject = { apiVersion: crdApiVersion, kind, namespace, name, uid };
      for (const { condition, isGood } of transitions) {
        const { type, reason, message } = condition;
        recorder.record(subject, isGood ? 'Normal' : 'Warning', reason, `${type}: ${message}`);
        logger.info('condition_changed', { kind, namespace, name, generation, type, status: condition.status, reason });
      }
    },
    programmed: (lagMs) => counters.ackLag.observe({}, lagMs / 1000),
    providerReleased({ namespace, name, uid }, because) {
      const subject = { apiVersion: crdApiVersion, kind: 'Provider', namespace, name, uid };
      if (because === 'overdue') recorder.record(subject, 'Warning', 'DrainOverdue', drainOverdue);
      logger.info('provider_released', { namespace, name, because });
    },
    kubernetesFailed: (error) => logger.warn('kubernetes_failed', { error }),
  };
}

function createWatchHooks(logger: Logger, counters: ReturnType<typeof createCounters>): OperatorEvents['watchHooks'] {
  return {
    onRestart: ({ plural }, reason) => counters.watchRestarts.inc({ kind: plural, reason }),
    onRelist: ({ plural }) => counters.watchRelists.inc({ kind: plural }),
    onEvent: ({ plural }) => counters.watchLastEvent.set({ kind: plural }, Date.now() / 1000),
    onError: (error) => logger.warn('watch_failed', { error }),
    onForbidden: ({ plural }, namespace) => logger.error('watch_forbidden', { kind: plural, namespace }),
  };
}

function createCounters(metrics: Metrics) {
  return {
    runs: metrics.counter('reconcile_total', 'Runs of reconciliation.', ['result']),
    runDuration: metrics.histogram('reconcile_duration_seconds', 'Duration of one run.', ['result'], lagBuckets),
    depth: metrics.gauge('workqueue_depth', 'Keys that are due and not yet taken.'),
    longestRun: metrics.gauge('workqueue_longest_running_seconds', 'How long the longest run has been going.'),
    adds: metrics.counter('workqueue_adds_total', 'Keys that were added to the queue.'),
    retries: metrics.counter('workqueue_retries_total', 'Keys that failed and are tried again.'),
    watchRestarts: metrics.counter('watch_restarts_total', 'Watches that ended or failed.', ['kind', 'reason']),
    watchRelists: metrics.counter('watch_relists_total', 'Lists of a kind.', ['kind']),
    watchLastEvent: metrics.gauge('watch_last_event_timestamp_seconds', 'When a kind last had an event.', ['kind']),
    leader: metrics.gauge('leader', 'Whether this process leads.'),
    snapshotVersion: metrics.gauge('snapshot_version', 'Version that the last declaration became part of.'),
    refused: metrics.gauge('declarations_refused', 'Entries of the last declaration that the orchestrator refused.'),
    orchestratorFailures: metrics.counter('orchestrator_failures_total', 'Calls that the orchestrator did not answer.'),
    statusWrites: metrics.counter('status_writes_total', 'Statuses written.', ['kind', 'result']),
    ackLag: metrics.histogram(
      'proxy_ack_lag_seconds',
      'From when the orchestrator took a resource to when the last proxy served it.',
      [],
      lagBuckets,
    ),
  };
}
