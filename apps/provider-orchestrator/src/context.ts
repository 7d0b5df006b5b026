import { mockModels } from '@aggregator/mock-provider';
import {
  createIdentityVerifier,
  createInternalKeyring,
  createLogger,
  createMetrics,
  type IdentityVerifier,
  type ServiceContext,
} from '@aggregator/service-kit';
import { listUnsupportedKeys, type ProviderOrchestratorConfig } from './config.ts';
import { createDatabase, type Database } from './database/create-database.ts';
import { createOrchestratorEvents, type OrchestratorEvents } from './events.ts';
import { toEnvironmentProviders } from './registry/environment-providers.ts';
import { readOpenAiModels } from './registry/openai-models.ts';
import { writeEnvironmentProviders } from './registry/write-environment-providers.ts';
import { publishChange, readNewerSnapshot } from './snapshot/publish.ts';
import { SnapshotAcks } from './snapshot/snapshot-acks.ts';
import { SnapshotFeed } from './snapshot/snapshot-feed.ts';
import { SnapshotStreams } from './snapshot/snapshot-streams.ts';

export interface ProviderOrchestratorOverrides {
  /** Unix milliseconds. */
  now(): number;
}

export interface ProviderOrchestratorContext extends ServiceContext {
  readonly config: ProviderOrchestratorConfig;
  readonly verifier: IdentityVerifier;
  readonly events: OrchestratorEvents;
  readonly database: Database;
  readonly feed: SnapshotFeed;
  readonly streams: SnapshotStreams;
  readonly acks: SnapshotAcks;
  now(): number;
}

const pollMs = 1000;
const pingMs = 3000;
const stallMs = 15_000;
const proxiesMax = 500;

export async function createProviderOrchestratorContext(
  config: ProviderOrchestratorConfig,
  overrides: Partial<ProviderOrchestratorOverrides> = {},
): Promise<ProviderOrchestratorContext> {
  const logger = createLogger({ service: 'provider-orchestrator', level: config.logLevel });
  const metrics = createMetrics('provider-orchestrator');
  const events = createOrchestratorEvents(logger, metrics);
  const database = createDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => logger.warn('database_connection_failed', { error }),
  });
  const feed = new SnapshotFeed({
    read: (known) => readNewerSnapshot(database, known),
    pollMs,
    onFailure: events.registryLost,
    onRecovery: events.registryBack,
  });
  const streams = new SnapshotStreams({ streamsMax: proxiesMax, pingMs, stallMs, readCurrent: () => feed.current });
  feed.onSnapshot((snapshot) => {
    events.snapshotTaken(snapshot);
    streams.deliver();
  });
  const now = overrides.now ?? Date.now;

  return {
    config,
    logger,
    metrics,
    verifier: createIdentityVerifier(createInternalKeyring(config.internalSigningKey), 'provider-orchestrator'),
    events,
    database,
    feed,
    streams,
    acks: new SnapshotAcks(proxiesMax),
    now,
    // Not the database: what is published can be streamed without it.
    readinessChecks: {
      async snapshot() {
        if (feed.current === null) throw new Error('nothing is published yet');
      },
    },
    async start() {
      feed.offer(await publishEnvironment({ config, database, events, now }));
      feed.startPolling();
    },
    beginDrain: () => streams.close(),
    async close() {
      streams.close();
      await feed.close();
      await database.$disconnect();
    },
  };
}

/** Writes what the environment declares into the registry, and publishes it. */
async function publishEnvironment(parts: Pick<ProviderOrchestratorContext, 'config' | 'database' | 'events' | 'now'>) {
  const { config, database, events } = parts;
  events.keysUnsupported(listUnsupportedKeys(config));
  const openAiModels = config.hasOpenAiKey ? readOpenAiModels(parts.now()) : [];
  const declared = toEnvironmentProviders(config, { openAiModels, mockModels });
  let shadowed: readonly string[] = [];
  const published = await publishChange(database, async (tx) => {
    shadowed = await writeEnvironmentProviders(tx, declared);
  });
  events.providersShadowed(shadowed);
  events.registryWritten(published);
  return published.snapshot;
}
