import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@aggregator/contracts';
import { createEventLog, type EventLog } from '@aggregator/messaging';
import { type MockProviderServer, startMockProviderServer } from '@aggregator/mock-provider';
import { Redis } from 'ioredis';
import { type Services, startServices } from '../e2e/start-services.ts';
import { root } from '../tidy/source-files.ts';
import { type Relays, startRelays } from './relays.ts';
import type { Servers } from './servers.ts';

/** The six services with faults inside and between them, and the provider whose ledger is the truth. */
export interface FaultWorld {
  readonly services: Services;
  readonly provider: MockProviderServer;
  readonly relays: Relays;
  readonly servers: Servers;
  readonly redis: Redis;
  readonly redisKeyPrefix: string;
  /** The event log of the world, past every relay. */
  readonly eventLog: EventLog;
  readonly databaseUrls: { billing: string; analytics: string };
  /** What each service wrote last. */
  readLogs(): string;
  stop(): Promise<void>;
}

const servicesStopped: readonly ServiceName[] = [
  ...(['api-gateway', 'auth', 'provider-orchestrator', 'proxy', 'billing', 'analytics'] as const),
];
const linesKept = 400;
const hooks = ['tests/e2e/divert-connections.ts', 'tests/faults/inject.ts'].flatMap((file) => [
  '--import',
  join(root, file),
]);
const requestTimeoutMs = '10000';
/** How long a start takes depends on what else the machine does; it is not what is tested. */
const startDeadlineMs = 300_000;

export async function startFaultWorld(servers: Servers): Promise<FaultWorld> {
  const provider = await startMockProviderServer({ port: 0, chunkDelayMs: 10, wordsPerAnswer: 20 });
  const relays = await startRelays(servers, Number(new URL(provider.url).port));
  const redisKeyPrefix = `t${randomBytes(6).toString('hex')}:`;
  const topicPrefix = `t${randomBytes(6).toString('hex')}.`;
  const folder = mkdtempSync(join(tmpdir(), 'aggregator-faults-'));
  const databaseUrls = { billing: '', analytics: '' };
  const launch = (service: ServiceName, file: string, environment: NodeJS.ProcessEnv): ChildProcess => {
    databaseUrls.billing = environment.BILLING_DATABASE_URL ?? '';
    databaseUrls.analytics = environment.ANALYTICS_DATABASE_URL ?? '';
    const log = openSync(join(folder, service), 'a');
    return spawn(process.execPath, [...hooks, file], {
      cwd: root,
      env: { ...environment, ...relays.environmentOf(service, environment) },
      stdio: ['ignore', log, log, 'ipc'],
    });
  };
  const services = await startServices(
    {
      MOCK_BASE_URL: provider.url,
      REDIS_KEY_PREFIX: redisKeyPrefix,
      KAFKA_TOPIC_PREFIX: topicPrefix,
      DEFAULT_REQUESTS_PER_MINUTE: '100000',
      MANAGEMENT_REQUESTS_PER_MINUTE: '100000',
      STRANDED_LEASE_RELEASE_MS: '1000',
      REQUEST_TIMEOUT_MS: requestTimeoutMs,
      NODE_NO_WARNINGS: '1',
    },
    launch,
    { startDeadlineMs },
  );
  const redis = new Redis(process.env.REDIS_URL ?? '');
  redis.on('error', () => undefined);
  const kafkaBrokers = (process.env.KAFKA_BROKERS ?? '').split(',');
  const eventLog = createEventLog(
    { eventTransport: 'kafka', kafkaBrokers, eventTopicPrefix: topicPrefix },
    'fault-rig',
  );
  return {
    ...{ services, provider, relays, servers, redis, redisKeyPrefix, eventLog, databaseUrls },
    readLogs: () => servicesStopped.map((service) => `== ${service}\n${tail(join(folder, service))}`).join('\n'),
    async stop() {
      for (const service of servicesStopped) services.process(service).kill('SIGCONT');
      await services.stop();
      await eventLog.close();
      redis.disconnect();
      await relays.close();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function tail(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-linesKept).join('\n');
}
