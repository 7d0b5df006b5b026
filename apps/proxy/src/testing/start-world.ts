import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import {
  type Principal,
  principalHeader,
  type RoutingSnapshot,
  type UsageCorrected,
  type UsageRecorded,
  usageEvent,
  usageRecordedDeadLetterTopic,
  usageRecordedTopic,
} from '@aggregator/contracts';
import type { ClaimStore, ExpiringStore } from '@aggregator/expiring-store';
import { createEmbeddedEventLog, type EventLog } from '@aggregator/messaging';
import {
  type Fault,
  type LedgerRecord,
  type MockProviderServer,
  startMockProviderServer,
} from '@aggregator/mock-provider';
import { mockModels } from '@aggregator/providers';
import {
  createIdentitySigner,
  createInternalKeyring,
  createLogger,
  createUuidV7,
  type RunningService,
  startService,
} from '@aggregator/service-kit';
import { createTestDatabase, waitFor } from '@aggregator/testing';
import { proxyService } from '../index.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { type FakeBilling, startFakeBilling } from './fake-billing.ts';
import { type FakeOrchestrator, startFakeOrchestrator } from './fake-orchestrator.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

export interface World {
  readonly proxy: RunningService<ProxyContext>;
  readonly url: string;
  readonly mock: MockProviderServer;
  readonly scripted: ScriptedUpstream;
  readonly billing: FakeBilling;
  readonly orchestrator: FakeOrchestrator;
  readonly admission: AdmissionStore;
  readonly spoolDirectory: string;
  readonly principal: Principal;
  /** What goes wrong at the mock provider from now on; null for nothing. */
  fault: Fault | null;
  /** Headers of the gateway for a request with this id, on behalf of this principal. */
  headers(requestId?: string, principal?: Principal): Promise<Record<string, string>>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Every usage event in the event log so far. */
  usages(): readonly UsageRecorded[];
  /** Every correction of an estimate in the event log so far. */
  corrections(): readonly UsageCorrected[];
  /** The one event of a request, as soon as it is in the event log. */
  usageOf(requestId: string): Promise<UsageRecorded>;
  /** The mock provider's own record of a request, when it is over. */
  truthOf(requestId: string): Promise<LedgerRecord>;
  /** Nothing is held any more. */
  waitUntilNothingHeld(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  environment?: Record<string, string>;
  balanceNanoUsd?: bigint;
  chunkDelayMs?: number;
  wordsPerAnswer?: number;
  /** In place of the embedded one; then no usage event is seen. */
  eventLog?: EventLog;
  /** The provider, and who asks it, of a world whose proxy is gone: for the one that takes over. */
  after?: World;
  admission?: AdmissionStore;
  /** Requests with an Idempotency-Key; those of this proxy alone unless given. */
  claims?: ClaimStore;
  /** The clock by which failures of targets are remembered; the real one unless given. */
  monotonicNow?: () => number;
  /** Receives the log. Default: it is dropped. */
  logStream?: PassThrough;
  /** Where the orchestrator kept the last known good state; nowhere unless given. */
  lastKnownGood?: ExpiringStore;
  /** False if the proxy has no orchestrator to get a snapshot from. */
  hasOrchestrator?: boolean;
}

/** A proxy as it is shipped, over real HTTP, with a real spool and event log; around it what it talks to. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const seed = randomBytes(32).toString('base64url');
  const keyring = createInternalKeyring(seed);
  const signer = createIdentitySigner(keyring, 'api-gateway');
  const admission = options.admission ?? createMemoryAdmissionStore();
  const directory = await mkdtemp(join(tmpdir(), 'aggregator-proxy-'));
  const { chunkDelayMs = 0, wordsPerAnswer = 40 } = options;
  const mock =
    options.after?.mock ??
    (await startMockProviderServer({ port: 0, chunkDelayMs, wordsPerAnswer, faults: () => world.fault }));
  const scripted = await startScriptedUpstream();
  const billing = await startFakeBilling({
    ...{ admission, keyring },
    balanceNanoUsd: options.balanceNanoUsd ?? 10_000_000_000n,
  });
  const orchestrator = await startFakeOrchestrator(toSnapshot(mock.url, scripted.url));
  const log = await openLog(options.eventLog);
  const spoolDirectory = options.environment?.SPOOL_DIRECTORY ?? join(directory, 'spool');
  const urls = { billing: billing.url, orchestrator: orchestrator.url };
  const config = readTestConfig({ seed, directory, spoolDirectory, urls }, options);
  const logger = createLogger({
    service: 'proxy',
    level: 'debug',
    stream: options.logStream ?? new PassThrough().resume(),
  });
  const proxy = await startService(proxyService, config, {
    ...{ admission, eventLog: log.eventLog, logger },
    ...(options.monotonicNow !== undefined && { monotonicNow: options.monotonicNow }),
    ...(options.claims !== undefined && { claims: options.claims }),
    ...(options.lastKnownGood !== undefined && { lastKnownGood: options.lastKnownGood }),
  });
  await waitFor(() => proxy.context.routing.index !== null, { describe: 'the first snapshot' });
  const principal = options.after?.principal ?? createPrincipal();

  const world: World = {
    ...{ proxy, mock, scripted, billing, orchestrator, admission, spoolDirectory, principal },
    url: proxy.url,
    fault: null,
    async headers(requestId = createUuidV7(), caller = principal) {
      return { [principalHeader]: await signer.signPrincipal(caller, 'proxy'), 'x-request-id': requestId };
    },
    async post(path, body, headers) {
      return await fetch(`${proxy.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(headers ?? (await world.headers())) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    },
    usages: () => log.usages,
    corrections: () => log.corrections,
    usageOf: (requestId) => findUsage(log.usages, requestId),
    truthOf: (requestId) =>
      waitFor(() => mock.ledger.find(`${requestId}/1`).find((record) => record.state !== 'open'), {
        describe: `the record of ${requestId}`,
      }),
    async waitUntilNothingHeld() {
      await waitFor(async () => (await admission.readCredit(principal.orgId)).openHolds === 0, {
        describe: 'every hold to be given back',
      });
    },
    async stop() {
      await proxy.stop();
      if (options.after === undefined) await mock.close();
      await Promise.all([scripted.close(), billing.close(), orchestrator.close(), log.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
  return world;
}

function readTestConfig(
  parts: {
    seed: string;
    directory: string;
    spoolDirectory: string;
    urls: { billing: string; orchestrator: string };
  },
  options: WorldOptions,
) {
  const { seed, directory, spoolDirectory, urls } = parts;
  return proxyService.readConfig({
    PROXY_PORT: '0',
    LOG_LEVEL: 'error',
    INTERNAL_SIGNING_KEY: seed,
    SPOOL_DIRECTORY: spoolDirectory,
    SPOOL_FLUSH_INTERVAL_MS: '5',
    SNAPSHOT_PATH: join(directory, 'snapshot.json'),
    MOCK_LEDGER_PATH: join(directory, 'mock-ledger.jsonl'),
    BILLING_URL: urls.billing,
    PROVIDER_ORCHESTRATOR_URL: options.hasOrchestrator === false ? 'http://127.0.0.1:9' : urls.orchestrator,
    SHUTDOWN_GRACE_MS: '500',
    DISCONNECT_DRAIN_MS: '200',
    ...options.environment,
  });
}

async function findUsage(usages: readonly UsageRecorded[], requestId: string): Promise<UsageRecorded> {
  await waitFor(() => usages.some((usage) => usage.requestId === requestId), {
    describe: `the usage of ${requestId}`,
  });
  const found = usages.filter((usage) => usage.requestId === requestId);
  const [usage] = found;
  if (usage === undefined || found.length > 1) throw new Error(`${found.length} usages of ${requestId}`);
  return usage;
}

export function createPrincipal(change: Partial<Principal> = {}): Principal {
  return {
    orgId: randomUUID(),
    userId: randomUUID(),
    keyId: randomUUID(),
    scopes: ['ai:invoke'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
    ...change,
  };
}

/** The mock provider twice, with its own records (`mock`) and without (`plain`), and one that answers by script. */
export function toSnapshot(mockUrl: string, scriptedUrl: string, version = 1): RoutingSnapshot {
  const models = mockModels.map(({ rates: _rates, ...model }) => ({ ...model, priceVersion: `${model.id}/1` }));
  const [chat] = models;
  if (chat === undefined) throw new Error('the mock provider has no model');
  const scripted = { ...chat, id: 'scripted-model' };
  const common = { isAddressTrusted: true, credentialRefs: ['none'], options: {}, concurrencyMax: null };
  const prices = Object.fromEntries(mockModels.map(({ id, rates }) => [`${id}/1`, rates]));
  return {
    epoch: 1,
    version,
    providers: [
      { ...common, name: 'mock', type: 'Mock', baseUrl: mockUrl, models },
      { ...common, name: 'plain', type: 'OpenAI', baseUrl: mockUrl, models },
      { ...common, name: 'scripted', type: 'OpenAI', baseUrl: scriptedUrl, models: [scripted] },
      {
        ...common,
        ...{ name: 'keyless', type: 'OpenAI', baseUrl: scriptedUrl, credentialRefs: ['env:ABSENT_API_KEY'] },
        models: [{ ...scripted, id: 'keyless-model' }],
      },
      {
        ...common,
        ...{ name: 'forgetful', type: 'Mock', baseUrl: scriptedUrl },
        models: [{ ...scripted, id: 'forgetful-model' }],
      },
      {
        ...common,
        ...{ name: 'gone', type: 'OpenAI', baseUrl: 'http://127.0.0.1:9/v1' },
        models: [{ ...scripted, id: 'gone-model' }],
      },
    ],
    routes: [],
    prices,
  };
}

async function openLog(given: EventLog | undefined) {
  const usages: UsageRecorded[] = [];
  const corrections: UsageCorrected[] = [];
  if (given !== undefined) return { eventLog: given, usages, corrections, close: async () => undefined };
  const database = await createTestDatabase({ isEmpty: true });
  const eventLog = createEmbeddedEventLog({ databaseUrl: database.url, publishDeadlineMs: 5000, pollIntervalMs: 10 });
  const consumer = await eventLog.consume({
    topic: usageRecordedTopic,
    group: 'test',
    batchMax: 1000,
    deadLetterTopic: usageRecordedDeadLetterTopic,
    onError: () => undefined,
    async handle(records) {
      for (const { value } of records) {
        const event = usageEvent.parse(JSON.parse(value));
        if (event.schema === 'usage.recorded/1') usages.push(event);
        else corrections.push(event);
      }
      return { rejected: [] };
    },
  });
  return {
    eventLog,
    usages,
    corrections,
    async close() {
      await consumer.close();
      await eventLog.close();
      await database.drop();
    },
  };
}
