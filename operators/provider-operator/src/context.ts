import { hostname } from 'node:os';
import {
  type Clock,
  connectKubernetes,
  createEventRecorder,
  createLeaderElector,
  type EventRecorder,
  type KubernetesConnection,
  systemClock,
} from '@aggregator/kubernetes';
import {
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  type InternalClient,
  type ServiceContext,
} from '@aggregator/service-kit';
import type { ProviderOperatorConfig } from './config.ts';
import { createOperatorEvents, type OperatorEvents } from './events.ts';
import { Leadership } from './leadership.ts';
import { Operator } from './operator.ts';
import { openOrchestrator } from './orchestrator/open-orchestrator.ts';
import { openWatches, watchedFromTheStart } from './watch/open-watches.ts';

export interface ProviderOperatorOverrides {
  readonly clock: Clock;
  /** Where log lines go instead of to standard output. */
  readonly logStream: NodeJS.WritableStream;
  /** Instead of ending the process, where it can do nothing more. */
  exit(): void;
  /** Times of the Lease, in milliseconds. */
  readonly lease: { readonly leaseMs: number; readonly renewDeadlineMs: number; readonly retryMs: number };
}

export interface ProviderOperatorContext extends ServiceContext {
  readonly config: ProviderOperatorConfig;
  readonly isLeader: boolean;
}

const orchestratorDeadlineMs = 5000;

export async function createProviderOperatorContext(
  config: ProviderOperatorConfig,
  overrides: Partial<ProviderOperatorOverrides> = {},
): Promise<ProviderOperatorContext> {
  const clock = overrides.clock ?? systemClock;
  const stream = overrides.logStream === undefined ? {} : { stream: overrides.logStream };
  const logger = createLogger({ service: 'provider-operator', level: config.logLevel, ...stream });
  const metrics = createMetrics('provider-operator');
  const identity = config.podName ?? hostname();
  const connection = connectKubernetes({
    ...(config.kubeconfigPath !== undefined && { kubeconfigPath: config.kubeconfigPath }),
    ...{ callsPerSecond: config.kubernetesCallsPerSecond, callsBurst: 2 * config.kubernetesCallsPerSecond, clock },
    onError: (error) => logger.debug('kubernetes_retried', { error }),
    callsAtOnceMax: 16,
  });
  const component = 'provider-operator';
  const onError = (error: unknown) => logger.warn('event_unwritten', { error });
  const recorder = createEventRecorder({ connection, component, instance: identity, onError, clock });
  const events = createOperatorEvents(logger, metrics, recorder);
  const client = createInternalClient({
    target: 'provider-orchestrator',
    baseUrl: config.providerOrchestratorUrl,
    signer: createIdentity(config, 'provider-operator').signer,
    deadlineMs: orchestratorDeadlineMs,
    connectionsMax: 4,
  });
  const { leadership, watches } = openLeadership({ config, overrides, clock, connection, client, events, identity });
  const depth = metrics.gauge('workqueue_depth', 'Keys that are due.');
  const longest = metrics.gauge('workqueue_longest_running_seconds', 'How long the longest run has been going.');

  return {
    config,
    logger,
    metrics,
    get isLeader() {
      return leadership.isLeader;
    },
    readinessChecks: {
      async caches() {
        depth.set(leadership.queue?.depth ?? 0);
        longest.set((leadership.queue?.longestRunMs ?? 0) / 1000);
        if (!leadership.isSettled) throw new Error('not everything has been seen yet');
      },
    },
    async start() {
      leadership.start();
    },
    async close() {
      await leadership.close();
      await recorder.close();
      await Promise.all([...watchedFromTheStart(watches), ...(watches.namespaces ?? [])].map((each) => each.close()));
      await Promise.all([connection.close(), client.close()]);
    },
  };
}
