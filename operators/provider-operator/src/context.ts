import { hostname } from 'node:os';
import {
  type Clock,
  connectKubernetes,
  createEventRecorder,
  createLeaderElector,
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
import { openWatches, type Watches, watchedFromTheStart } from './watch/open-watches.ts';

export interface ProviderOperatorOverrides {
  readonly clock: Clock;
  /** Where log lines go instead of to standard output. */
  readonly logStream: NodeJS.WritableStream;
  /** Instead of ending the process, where it can do nothing more. */
  exit(): void;
  /** How long the API server must refuse a namespace until the operator continues without it. */
  readonly refusalMs: number;
  /** Times of the Lease, in milliseconds. */
  readonly lease: { readonly leaseMs: number; readonly renewDeadlineMs: number; readonly retryMs: number };
}

export interface ProviderOperatorContext extends ServiceContext {
  readonly config: ProviderOperatorConfig;
  readonly isLeader: boolean;
}

const orchestratorDeadlineMs = 5000;
const refusalMsDefault = 30_000;

export async function createProviderOperatorContext(
  config: ProviderOperatorConfig,
  overrides: Partial<ProviderOperatorOverrides> = {},
): Promise<ProviderOperatorContext> {
  const clock = overrides.clock ?? systemClock;
  const stream = overrides.logStream === undefined ? {} : { stream: overrides.logStream };
  const logger = createLogger({
    service: 'provider-operator',
    level: config.logLevel,
    format: config.logFormat,
    ...stream,
  });
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
  const parts = { config, overrides, clock, connection, client, events, identity };
  const { leadership, watches } = openLeadership(parts);

  return {
    config,
    logger,
    metrics,
    get isLeader() {
      return leadership.isLeader;
    },
    readinessChecks: {
      async caches() {
        if (!leadership.isSettled) throw new Error('not everything has been seen yet');
      },
    },
    async start() {
      leadership.start();
    },
    async close() {
      await leadership.close();
      await recorder.close();
      await Promise.all([...watchedFromTheStart(watches).map((each) => each.close()), watches.namespaces?.close()]);
      await Promise.all([connection.close(), client.close()]);
    },
  };
}

function openLeadership(parts: {
  readonly config: ProviderOperatorConfig;
  readonly overrides: Partial<ProviderOperatorOverrides>;
  readonly clock: Clock;
  readonly connection: KubernetesConnection;
  readonly client: InternalClient;
  readonly events: OperatorEvents;
  readonly identity: string;
}): { leadership: Leadership; watches: Watches } {
  const { config, overrides, clock, connection, client, events, identity } = parts;
  const { className, podNamespace, proxyServiceName, watchNamespaces, watchSecrets, leaseName } = config;
  const hooks = events.watchHooks;
  const watches = openWatches({
    ...{ connection, clock, hooks, podNamespace, proxyServiceName },
    refusalMs: overrides.refusalMs ?? refusalMsDefault,
    namespaces: watchNamespaces,
    watchesSecrets: watchSecrets,
  });
  const leadership = new Leadership({
    ...{ watches, clock, events },
    createElector: (callbacks) =>
      createLeaderElector({
        ...{ connection, clock, identity, namespace: podNamespace, name: leaseName },
        ...{ ...overrides.lease, ...callbacks, onError: events.kubernetesFailed },
      }),
    createOperator: (epoch, onStale) =>
      new Operator({
        ...{ connection, watches, events, className, clock, onStale },
        orchestrator: openOrchestrator(client, className, epoch),
      }),
    // Its last lines are written by then, and what it holds of the Lease runs out by itself.
    exit: overrides.exit ?? (() => setImmediate(() => process.exit(1))),
  });
  return { leadership, watches };
}
