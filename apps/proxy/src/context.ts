import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { usageRecordedTopic } from '@aggregator/contracts';
import type { EventLog } from '@aggregator/messaging';
import { createMockProvider, type MockProvider } from '@aggregator/mock-provider';
import { createTargetMemory, ExpiringMarks } from '@aggregator/resilience';
import { listTargetKeys } from '@aggregator/routing';
import {
  createEnvelope,
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  createOnceServer,
  emptyAllowlist,
  type Logger,
  type Metrics,
  openTracing,
  type ReadinessCheck,
  type Tracing,
} from '@aggregator/service-kit';
import { openSpool, type Spool } from '@aggregator/spool';
import { Agent } from 'undici';
import { z } from 'zod';
import { OpenRequests } from './attempts/open-requests.ts';
import { mockLedgerPath, type ProxyConfig } from './config.ts';
import { createProxyEvents, type ProxyEvents } from './events.ts';
import { BudgetRequests } from './money/budget-requests.ts';
import { CorrectionFiles } from './money/corrections/correction-files.ts';
import { Corrections } from './money/corrections/corrections.ts';
import { findUsageRecord } from './money/find-usage-record.ts';
import { LeaseRequests } from './money/lease-requests.ts';
import { readBootId } from './money/read-boot-id.ts';
import { recoverIntents } from './money/recover-intents.ts';
import { RefusedSubjects } from './money/refused-subjects.ts';
import { type GivenStores, openStores } from './open-stores.ts';
import type { ProxyContext } from './proxy-context.ts';
import { AnswerCache } from './remembered/answers/answer-cache.ts';
import { SealedRecords } from './remembered/responses/sealed-records.ts';
import { StoredConversations } from './remembered/responses/stored-conversations.ts';
import { StoredResponses } from './remembered/responses/stored-responses.ts';
import { composeReport } from './reports/compose-report.ts';
import { listRekeyed } from './reports/list-rekeyed.ts';
import { OpenHolds, watchHolds } from './reports/open-holds.ts';
import { ProviderTrafficBook } from './reports/provider-traffic.ts';
import { ProxyReporter } from './reports/proxy-reporter.ts';
import { RejectionLog } from './reports/rejection-log.ts';
import { createRejectionReporter } from './reports/rejection-reporter.ts';
import { createWatermarkReporter } from './reports/watermark-reporter.ts';
import { ArrivingBodies } from './requests/arriving-bodies.ts';
import { CompiledPolicies } from './requests/privacy/compiled-policies.ts';
import { MaskingQueue } from './requests/privacy/masking-queue.ts';
import { RequestOutcomes, withOutcomes } from './routes/idempotency/request-outcomes.ts';
import { chooseMemoryMax, Room } from './routes/room.ts';
import { type FollowOptions, followSnapshots } from './snapshot/follow-snapshots.ts';
import { takeLastKnownGood } from './snapshot/last-known-good.ts';
import { SnapshotOffers } from './snapshot/snapshot-offers.ts';
import { startFromDisk } from './snapshot/start-from-disk.ts';
import { CurrentSnapshot } from './snapshot/swap-snapshot.ts';
import { Credentials } from './upstream/credentials.ts';
import { Drains } from './upstream/drains.ts';
import { EventRoom } from './upstream/event-room.ts';
import { ProviderPools } from './upstream/provider-pools.ts';

/** Parts that may come from outside; who made a part closes it. */
export interface ProxyOverrides extends GivenStores {
  logger: Logger;
  /** Unix milliseconds. */
  now(): number;
  /** Milliseconds; the clock by which failures of targets are remembered. */
  monotonicNow(): number;
  tracing: Tracing;
}

/** Two large texts at once, in processes with a small heap; no request waits for longer than a few of them take. */
const maskingBounds = { processesMax: 2, jobsMax: 16, callerJobsMax: 2, deadlineMs: 10_000, heapMebibytes: 192 };
/** A body has so long, and more at this rate: the gateway sends what it has whole. */
const bodyGraceMs = 10_000;
const bodyBytesPerMsMin = 64;
const peerDeadlineMs = 3000;
const snapshotSilenceMsMax = 10_000;
/** Before the grace is over, so that a stream ends with an error that says so instead of a torn connection. */
const cutBeforeGraceMs = 1000;
const settleDeadlineMs = 8000;
const shipDeadlineMs = 5000;
const shipBatchMax = 500;
const spoolFillMax = 0.95;
const targetsMax = 20_000;
const refusedPrefillMs = 3_600_000;
const eventRoomLimits = { totalMax: 256 * 1024 * 1024, providerMax: 128 * 1024 * 1024 };
const reportedProvidersMax = 1000;
const reportIntervalMs = 5000;

export async function createProxyContext(
  config: ProxyConfig,
  overrides: Partial<ProxyOverrides> = {},
): Promise<ProxyContext> {
  const logger =
    overrides.logger ?? createLogger({ service: 'proxy', level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics('proxy');
  const outcomes = new RequestOutcomes();
  const events = withOutcomes(createProxyEvents(logger, metrics), outcomes);
  const { signer, verifier } = createIdentity(config, 'proxy');
  const peer = { signer, deadlineMs: peerDeadlineMs };
  const billing = createInternalClient({ ...peer, target: 'billing', baseUrl: config.billingUrl });
  const stores = openStores(config, overrides, billing, events);
  const orchestrator = createInternalClient({
    ...peer,
    target: 'provider-orchestrator',
    baseUrl: config.orchestratorUrl,
  });
  const streamAgent = new Agent({ connections: 1, connect: { timeout: peerDeadlineMs } });
  const spool = await openProxySpool(config, stores.eventLog, events);
  const monotonicNow = overrides.monotonicNow ?? (() => performance.now());
  const routing = new CurrentSnapshot(monotonicNow);
  const credentials = new Credentials(config.credentials, monotonicNow);
  const { credentialsEncryptionKeys: keys } = config;
  const envelope = keys === undefined ? null : createEnvelope(keys);
  const offers = new SnapshotOffers(monotonicNow);
  const traffic = new ProviderTrafficBook({ now: monotonicNow, providersMax: reportedProvidersMax });
  const memory = createTargetMemory({ now: monotonicNow, random: Math.random, targetsMax });
  const refusedPrefills = new ExpiringMarks({ now: monotonicNow, forMs: refusedPrefillMs, sizeMax: targetsMax });
  const pools = new ProviderPools({
    connectionsMax: config.upstreamConnectionsMax,
    allowlist: config.baseUrlAllowlist ?? emptyAllowlist,
    proxies: config,
    tlsFiles: config.tlsFiles,
  });
  const holds = new OpenHolds(() => performance.now());
  const watermark = createWatermarkReporter({ spool, holds, billing, onFailure: events.watermarkNotSent });
  const background = new AbortController();
  let tasks: Promise<unknown> = Promise.resolve();
  let cutTimer: NodeJS.Timeout | undefined;

  const now = overrides.now ?? Date.now;
  const corrections = new Corrections({
    files: new CorrectionFiles(join(config.spoolDirectory, 'corrections')),
    findRecord: (request) => findUsageRecord({ credentials, pools }, request),
    publish: (event) =>
      stores.eventLog.publish(usageRecordedTopic, [
        { id: event.eventId, key: event.orgId, value: JSON.stringify(event) },
      ]),
    isOpen: (requestId) => spool.hasOpenIntent(requestId),
    ...{ monotonicNow, now },
    onCorrected: events.estimateCorrected,
    onGivenUp: events.correctionGivenUp,
    onError: (error) => events.partFailed('corrections', error),
  });
  const rejections = new RejectionLog(now);
  await corrections.open();

  const context: ProxyContext = {
    corrections,
    ...{ config, logger, metrics, events, routing, spool, pools, credentials, memory, traffic, refusedPrefills },
    eventRoom: new EventRoom(eventRoomLimits),
    admission: watchHolds(stores.admission, holds),
    verifier,
    refused: new RefusedSubjects(monotonicNow),
    room: new Room({
      requestsMax: config.requestsInFlightMax,
      memoryMax: config.bodyBytesInFlightMax ?? chooseMemoryMax(),
      onRefused: events.roomRefused,
    }),
    arriving: new ArrivingBodies({ graceMs: bodyGraceMs, bytesPerMsMin: bodyBytesPerMsMin }),
    leases: new LeaseRequests(billing),
    budgets: new BudgetRequests(billing, now),
    requests: new OpenRequests(),
    drains: new Drains(config.disconnectDrainMs),
    answers: new AnswerCache(stores.answers, config.cacheTtlSeconds * 1000),
    conversations: stores.conversations,
    responses: new StoredResponses(
      new SealedRecords(stores.responses, 'response', config.responsesStoreHours * 3_600_000),
      stores.conversations,
    ),
    storedConversations: new StoredConversations(
      new SealedRecords(stores.responses, 'conversation', config.responsesStoreHours * 3_600_000),
    ),
    backgroundRuns: new Map(),
    once: createOnceServer(config, stores.claims, (error) => events.partFailed('idempotency', error)),
    outcomes,
    rejections,
    policies: new CompiledPolicies(),
    masking: new MaskingQueue(maskingBounds),
    mockProvider: await openMockProvider(config),
    tracing: overrides.tracing ?? (await openTracing(config, 'proxy')),
    bootId: readBootId(),
    ...{ now, monotonicNow },
    isClosing: () => background.signal.aborted,
    readinessChecks: readinessChecks(routing, offers, spool),
    dependencyChecks: {
      async counterStore() {
        await stores.admission.readEpoch();
      },
      eventLog: () => stores.eventLog.checkHealth(),
      providers: async () => requireHalf(routing),
    },
    healthServices: { redis: 'counterStore', rabbitmq: 'eventLog', providers: 'providers' },
    async start() {
      await watermark.reportOpened();
      await startFromDisk(config.snapshotPath, routing, offers, events);
      const { orchestratorUrl, snapshotPath } = config;
      const follow: FollowOptions = {
        ...{ proxyId: spool.id, orchestratorUrl, snapshotPath, silenceMsMax: snapshotSilenceMsMax },
        ...{ agent: streamAgent, signer, orchestrator, current: routing, offers, pools, credentials, events },
        onSwap(before) {
          const index = routing.require();
          memory.retain(listTargetKeys(index));
          const rekeyed = listRekeyed(before?.providers ?? [], index.snapshot.providers);
          for (const provider of rekeyed) traffic.forgetRefusals(provider);
        },
        onAnswer: () => reporter.noteNews(),
      };
      tasks = Promise.all([
        followSnapshots(follow, background.signal),
        envelope && stores.lastKnownGood && takeLastKnownGood(follow, stores.lastKnownGood, envelope),
        reporter.run(background.signal),
        watermark.run(background.signal),
        createRejectionReporter(rejections, billing, events.rejectionsNotSent).run(background.signal),
        recoverIntents(context, spool.abandonedIntents, background.signal),
        corrections.run(background.signal),
      ]).catch((error: unknown) => events.partFailed('background', error));
    },
    beginDrain() {
      const cut = () => events.streamsTruncated(context.requests.cutAll());
      cutTimer = setTimeout(cut, Math.max(0, config.shutdownGraceMs - cutBeforeGraceMs));
    },
    async close() {
      clearTimeout(cutTimer);
      context.arriving.close();
      context.masking.close();
      background.abort();
      events.streamsTruncated(context.requests.cutAll());
      await Promise.all([tasks, context.requests.waitUntilNone(settleDeadlineMs)]);
      context.mockProvider?.close();
      await spool.waitUntilShipped(shipDeadlineMs).catch((error: unknown) => events.partFailed('event_log', error));
      await watermark.reportClosed();
      await spool.close();
      await Promise.all([pools.close(), billing.close(), orchestrator.close(), streamAgent.destroy()]);
      await stores.closeOwn();
      if (overrides.tracing === undefined) await context.tracing?.close();
    },
  };
  const reporter = new ProxyReporter({
    intervalMs: reportIntervalMs,
    async send() {
      const instance = config.instanceName ?? hostname();
      const readIndex = () => routing.index;
      const countRequests = () => context.room.count;
      const parts = { proxyId: spool.id, instance, offers, readIndex, traffic, pools, memory, countRequests };
      const body = composeReport(parts);
      await orchestrator.call({ method: 'POST', path: '/internal/proxies/reports', body, answer: z.unknown() });
    },
    onFailure: events.reportNotSent,
  });
  observeLoad(metrics, context);
  return context;
}

/** What a proxy has on its hands now: what autoscalers and alerts go by. */
function observeLoad(metrics: Metrics, { room, masking, requests, spool, corrections }: ProxyContext): void {
  metrics.observed('proxy_inflight_requests', 'AI requests that are here now.', () => room.count);
  metrics.observed('proxy_masking_jobs', 'Large requests that are being masked, or wait for it.', () => masking.count);
  metrics.observed(
    'proxy_room_memory_bytes',
    'Estimated memory of AI requests that are here now.',
    () => room.memoryTaken,
  );
  metrics.observed('proxy_inflight_streams', 'Streams that are open now.', () => requests.streams);
  metrics.observed(
    'proxy_pending_corrections',
    'Charges by estimate whose provider is asked for its record.',
    () => corrections.size,
  );
  metrics.observed(
    'proxy_correction_age_seconds',
    'Time since the settlement of the charge by estimate that waits for longest.',
    () => corrections.oldestMs / 1000,
  );
  metrics.observed('proxy_spool_fill_ratio', 'How full the spool is, 0 to 1.', () => spool.readFill());
}

function openProxySpool(config: ProxyConfig, eventLog: EventLog, events: ProxyEvents): Promise<Spool> {
  const bytesMax = config.spoolBytesMax;
  return openSpool({
    directory: config.spoolDirectory,
    bytesMax,
    segmentBytesMax: Math.min(16 * 1024 * 1024, Math.floor(bytesMax / 16)),
    flushIntervalMs: config.spoolFlushIntervalMs,
    shipBatchMax,
    ship: (usages, texts) =>
      eventLog.publish(
        usageRecordedTopic,
        usages.map(({ eventId, orgId }, index) => ({ id: eventId, key: orgId, value: texts[index] ?? '' })),
      ),
    onError: (error) => events.partFailed('spool', error),
  });
}

async function openMockProvider(config: ProxyConfig): Promise<MockProvider | null> {
  if (!config.mockProvider) return null;
  const ledgerPath = mockLedgerPath(config);
  await mkdir(dirname(ledgerPath), { recursive: true });
  return createMockProvider({
    ledgerPath,
    latencyMs: config.mockLatencyMs,
    chunkDelayMs: config.mockChunkDelayMs,
  });
}

/** Throws if fewer than half of the providers are healthy by the probes of the orchestrator. */
function requireHalf(routing: CurrentSnapshot): void {
  const { providers } = routing.require().snapshot;
  const healthy = providers.filter(({ name }) => !routing.trials.isUnhealthy(name)).length;
  if (healthy * 2 < providers.length) throw new Error(`${healthy} of ${providers.length} providers are healthy`);
}

function readinessChecks(
  routing: CurrentSnapshot,
  offers: SnapshotOffers,
  spool: Spool,
): Record<string, ReadinessCheck> {
  return {
    async snapshot() {
      routing.require();
    },
    async routing() {
      offers.requireAnswer();
    },
    async spool() {
      const fill = spool.readFill();
      if (fill >= spoolFillMax) throw new Error(`the spool is ${Math.round(fill * 100)} % full`);
    },
  };
}
