import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import { analyticsService } from '@aggregator/analytics';
import { apiGatewayService } from '@aggregator/api-gateway';
import { authService } from '@aggregator/auth';
import { type BillingOverrides, billingService } from '@aggregator/billing';
import { databaseUrlFor } from '@aggregator/database';
import { startEmbeddedPostgres } from '@aggregator/embedded-postgres';
import { createFileClaimStore } from '@aggregator/expiring-store';
import { createMemoryInvalidationChannel } from '@aggregator/invalidation';
import { createEmbeddedEventLog } from '@aggregator/messaging';
import { providerOrchestratorService } from '@aggregator/provider-orchestrator';
import { proxyService } from '@aggregator/proxy';
import {
  claimBounds,
  databaseName,
  type Environment,
  idempotencyVariables,
  readConfig,
  startService,
} from '@aggregator/service-kit';
import { readStandaloneConfig, type StandaloneConfig } from './config.ts';
import { prepareDatabases } from './prepare-databases.ts';
import type { Progress } from './progress.ts';
import { readOrCreateSecrets, secretsFileName, writePrivateFile } from './secrets.ts';
import { adminEmail, seedFirstAccount } from './seed-first-account.ts';
import { portOf, serviceEnvironment } from './service-environment.ts';
import { waitForFirstModel } from './wait-for-first-model.ts';

export interface Standalone {
  /** Of the gateway, without `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** The file that keeps the secrets of this installation, the operator's password among them. */
  readonly secretsFile: string;
  /** A model that answers, for the first request. */
  readonly model: string;
  /** The PostgreSQL server. It may hold a password. */
  readonly databaseServerUrl: string;
  stop(): Promise<void>;
}

/** Parts of billing that a test replaces. */
export type StandaloneOverrides = Partial<Pick<BillingOverrides, 'clock' | 'pace'>>;

/** Kept answers are in memory, too. */
const claimsBytesMax = 256 * 1024 * 1024;

type Closable = () => Promise<void>;

/**
 * The six services in this process, on embedded parts where the environment names no real ones. What was opened is
 * closed in the opposite order, also when the start fails half-way.
 */
export async function startStandalone(
  environment: Environment,
  progress: Progress,
  overrides: StandaloneOverrides = {},
): Promise<Standalone> {
  const config = resolveDirectory(readStandaloneConfig(environment));
  const readyFile = join(config.stateDirectory, 'standalone.json');
  // Others may pass through, since PostgreSQL may run as another user, and see nothing.
  await mkdir(config.stateDirectory, { recursive: true, mode: 0o711 });
  await rm(readyFile, { force: true });

  const opened: Closable[] = [() => rm(readyFile, { force: true })];
  const stop = () => closeAll(opened);
  try {
    const server = await openDatabaseServer(config, progress, opened);
    progress.step('preparing the databases');
    await prepareDatabases(server, config.databaseNamePrefix);
    const secrets = await readOrCreateSecrets(config.stateDirectory);
    const services = serviceEnvironment({ environment, config, secrets, databaseServerUrl: server });
    await seedFirstAccount({
      serverUrl: server,
      databaseNamePrefix: config.databaseNamePrefix,
      secrets,
      keyPepper: services.KEY_PEPPER ?? secrets.keyPepper,
      creditNanoUsd: config.seedCreditNanoUsd,
    });
    progress.step('starting the six services');
    await startServices(config, services, opened, overrides);
    const baseUrl = `http://127.0.0.1:${portOf('api-gateway', config)}`;
    const model = await waitForFirstModel(baseUrl, secrets.apiKey);
    const facts = { baseUrl, apiKey: secrets.apiKey, adminEmail, adminPassword: secrets.adminPassword };
    const secretsFile = join(config.stateDirectory, secretsFileName);
    await writePrivateFile(readyFile, `${JSON.stringify(facts, null, 2)}\n`);
    progress.done();
    // The file goes first when stopping: no reader may find "ready" of an installation that is stopping.
    opened.push(() => rm(readyFile, { force: true }));
    return { ...facts, secretsFile, model, databaseServerUrl: server, stop };
  } catch (error) {
    progress.done();
    await stop();
    throw error;
  }
}

function resolveDirectory(config: StandaloneConfig): StandaloneConfig {
  return { ...config, stateDirectory: resolve(config.stateDirectory) };
}

async function openDatabaseServer(config: StandaloneConfig, progress: Progress, opened: Closable[]): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  progress.step('starting the embedded PostgreSQL');
  const postgres = await startEmbeddedPostgres({
    directory: join(config.stateDirectory, 'postgres'),
    onProgress: (text) => progress.step(text),
  });
  opened.push(() => postgres.stop());
  return postgres.url;
}

/** In the order in which they need one another; the gateway, the only door, comes last and goes first. */
async function startServices(
  config: StandaloneConfig,
  environment: Environment,
  opened: Closable[],
  overrides: StandaloneOverrides,
): Promise<void> {
  const parts = openEmbeddedParts(config, environment, opened);
  const auth = await startService(authService, authService.readConfig(environment), parts);
  opened.push(auth.stop);
  const orchestrator = await startService(
    providerOrchestratorService,
    providerOrchestratorService.readConfig(environment),
  );
  opened.push(orchestrator.stop);
  const analytics = await startService(analyticsService, analyticsService.readConfig(environment), parts);
  opened.push(analytics.stop);
  const billing = await startService(billingService, billingService.readConfig(environment), {
    ...parts,
    ...overrides,
  });
  opened.push(billing.stop);
  const proxy = await startService(proxyService, proxyService.readConfig(environment), parts);
  opened.push(proxy.stop);
  const gateway = await startService(apiGatewayService, apiGatewayService.readConfig(environment), parts);
  opened.push(gateway.stop);
}

/** Stores that live in this process, each only where the environment names no server for it. */
function openEmbeddedParts(config: StandaloneConfig, environment: Environment, opened: Closable[]) {
  const parts: {
    admission?: ReturnType<typeof createMemoryAdmissionStore>;
    claims?: ReturnType<typeof createFileClaimStore>;
    invalidation?: ReturnType<typeof createMemoryInvalidationChannel>;
    eventLog?: ReturnType<typeof createEmbeddedEventLog>;
  } = {};
  if (config.redisUrl === undefined) {
    const admission = createMemoryAdmissionStore();
    const invalidation = createMemoryInvalidationChannel();
    const claims = openClaims(config, environment);
    opened.push(
      () => claims.close(),
      () => admission.close(),
      () => invalidation.close(),
    );
    Object.assign(parts, { admission, claims, invalidation });
  }
  if ((config.eventTransport ?? (config.kafkaBrokers === undefined ? 'embedded' : 'kafka')) === 'embedded') {
    const databaseUrl =
      environment.EVENTS_DATABASE_URL ??
      databaseUrlFor(environment.DATABASE_URL ?? '', databaseName('events', config.databaseNamePrefix));
    const eventLog = createEmbeddedEventLog({ databaseUrl, publishDeadlineMs: 10_000 });
    opened.push(() => eventLog.close());
    parts.eventLog = eventLog;
  }
  return parts;
}

/** Keys of requests outlive this process, as balances do. */
function openClaims({ stateDirectory }: StandaloneConfig, environment: Environment) {
  const bounds = claimBounds(readConfig(idempotencyVariables, environment));
  return createFileClaimStore({
    ...bounds,
    bytesMax: Math.min(bounds.bytesMax, claimsBytesMax),
    path: join(stateDirectory, 'idempotency.jsonl'),
  });
}

async function closeAll(opened: Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (let close = opened.pop(); close !== undefined; close = opened.pop()) {
    await close().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
}
