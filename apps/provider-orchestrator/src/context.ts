import type { RoutingSnapshot } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import {
  createEnvelope,
  createIdentity,
  createLogger,
  createMetrics,
  emptyAllowlist,
  type IdentityVerifier,
  type ServiceContext,
} from '@aggregator/service-kit';
import type { ProviderOrchestratorConfig } from './config.ts';
import { readCredentials } from './credentials/stored-credentials.ts';
import { type Database, openDatabase } from './database/create-database.ts';
import { createOrchestratorEvents, type OrchestratorEvents } from './events.ts';
import { HealthBook } from './health/health-book.ts';
import type { ReadStored } from './health/list-targets.ts';
import { openProber } from './health/open-prober.ts';
import { declarePrices, fileAuthor } from './prices/declare-prices.ts';
import { declareRules } from './prices/declare-rules.ts';
import { readPriceFile } from './prices/price-file.ts';
import type { ProviderWriter } from './providers/create-provider.ts';
import { readVendorModels } from './registry/catalogue/index.ts';
import { mockBaseUrlOf, toEnvironmentProviders } from './registry/environment-providers.ts';
import { knownModelsAt } from './registry/known-models.ts';
import { writeEnvironmentProviders } from './registry/write-environment-providers.ts';
import { ProxyReports } from './reports/proxy-reports.ts';
import { openLastKnownGood } from './snapshot/open-last-known-good.ts';
import { openSnapshots, type Publish } from './snapshot/open-snapshots.ts';
import { type Published, publishChange } from './snapshot/publish.ts';
import type { SnapshotFeed } from './snapshot/snapshot-feed.ts';
import type { SnapshotStreams } from './snapshot/snapshot-streams.ts';

export interface ProviderOrchestratorOverrides {
  /** Unix milliseconds. */
  now(): number;
  /** Store of the last known good state. Its creator closes it. */
  lastKnownGood: ExpiringStore;
  /** Replaces standard output for log lines. */
  logStream: NodeJS.WritableStream;
}

export interface ProviderOrchestratorContext extends ServiceContext {
  readonly config: ProviderOrchestratorConfig;
  readonly verifier: IdentityVerifier;
  readonly events: OrchestratorEvents;
  readonly database: Database;
  readonly feed: SnapshotFeed;
  readonly streams: SnapshotStreams;
  readonly reports: ProxyReports;
  readonly health: HealthBook;
  now(): number;
  /** The parts that writing a provider needs. */
  writer(): ProviderWriter;
  readonly readStored: ReadStored;
  readonly publish: Publish;
}

const proxiesMax = 500;

export async function createProviderOrchestratorContext(
  config: ProviderOrchestratorConfig,
  overrides: Partial<ProviderOrchestratorOverrides> = {},
): Promise<ProviderOrchestratorContext> {
  const logger = openLogger(config, overrides.logStream);
  const metrics = createMetrics('provider-orchestrator');
  const events = createOrchestratorEvents(logger, metrics);
  const now = overrides.now ?? Date.now;
  const { database, query } = openDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => logger.warn('database_connection_failed', { error }),
  });
  const health = new HealthBook();
  const { feed, streams, publish } = openSnapshots({
    ...{ database, query, events, proxiesMax },
    readUnhealthy: () => health.unhealthy,
  });
  const envelope = openEnvelope(config.credentialsEncryptionKeys);
  const allowlist = config.baseUrlAllowlist ?? emptyAllowlist;
  const readStored: ReadStored = (refs) => readCredentials(database, envelope, refs, events.credentialUnreadable);
  const { reportsLost: onFailure, reportsBack: onRecovery } = events;
  const reports = new ProxyReports({ database, proxiesMax, now, onFailure, onRecovery });
  const kept = openLastKnownGood(config, overrides.lastKnownGood, { envelope, feed, events, readStored });
  const mockBaseUrl = mockBaseUrlOf(config);
  const { probeIntervalMs: intervalMs, keys, tlsFiles } = config;
  const customKeys = config.customServers.flatMap((server) => server.keys);
  const prober = openProber({
    ...{ intervalMs, keys, customKeys, tlsFiles, allowlist, proxies: config },
    ...{ database, events, feed, health, readStored, now },
    listReports: () => reports.list(),
    onPass: () => streams.deliver(),
  });

  return {
    config,
    logger,
    metrics,
    verifier: createIdentity(config, 'provider-orchestrator').verifier,
    events,
    database,
    feed,
    streams,
    reports,
    health,
    now,
    writer: () => ({ envelope, allowlist, nowMs: now(), mockBaseUrl, readKnownModels: knownModelsAt(config, now()) }),
    readStored,
    publish,
    // Not the database: what is published can be streamed without it.
    readinessChecks: { snapshot: async () => requirePublished(feed.current) },
    async start() {
      const { snapshot } = await publishEnvironment({ config, database, events, now });
      feed.offer(snapshot);
      feed.startPolling();
      prober.start();
    },
    beginDrain: () => streams.close(),
    async close() {
      streams.close();
      await prober.close();
      await kept?.close();
      await feed.close();
      await reports.close();
      await database.$disconnect();
    },
  };
}

function requirePublished(snapshot: RoutingSnapshot | null): void {
  if (snapshot === null) throw new Error('nothing is published yet');
}

const openEnvelope = (keys: ProviderOrchestratorConfig['credentialsEncryptionKeys']) =>
  keys === undefined ? null : createEnvelope(keys);

function openLogger(config: ProviderOrchestratorConfig, stream?: NodeJS.WritableStream) {
  return createLogger({
    service: 'provider-orchestrator',
    level: config.logLevel,
    format: config.logFormat,
    ...(stream !== undefined && { stream }),
  });
}

/** Writes what the environment declares into the registry, and publishes it. */
async function publishEnvironment(
  parts: Pick<ProviderOrchestratorContext, 'config' | 'database' | 'events' | 'now'>,
): Promise<Published<unknown>> {
  const { config, database, events } = parts;
  const declared = toEnvironmentProviders(config, {
    readVendorModels: (type, given) => readVendorModels(type, parts.now(), given),
  });
  const { prices, rules } =
    config.priceFile === undefined ? { prices: [], rules: [] } : readPriceFile(config.priceFile);
  const published = await publishChange(database, async (tx) => {
    const shadowed = await writeEnvironmentProviders(tx, declared, parts.now());
    const ofPrices = await declarePrices(tx, prices, fileAuthor);
    const ofRules = await declareRules(tx, rules, fileAuthor);
    return { shadowed, refused: [...ofPrices.refused, ...ofRules.refused] };
  });
  events.providersShadowed(published.result.shadowed);
  events.filePricesRefused(published.result.refused);
  events.registryWritten(published);
  return published;
}
