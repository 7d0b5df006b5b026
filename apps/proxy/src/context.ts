import {
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  createOnceServer,
  type IdentitySigner,
  type Logger,
  openTracing,
  type Tracing,
} from '@aggregator/service-kit';
import { Agent } from 'undici';
import { OpenRequests } from './attempts/open-requests.ts';
import type { ProxyConfig } from './config.ts';
import { createProxyEvents } from './events.ts';
import { BudgetRequests } from './money/budget-requests.ts';
import { LeaseRequests } from './money/lease-requests.ts';
import { readBootId } from './money/read-boot-id.ts';
import { RefusedSubjects } from './money/refused-subjects.ts';
import {
  openConversations,
  openCorrections,
  openMockProvider,
  openProxySpool,
  openRooms,
  openRouting,
} from './open-parts.ts';
import { type GivenStores, openStores } from './open-stores.ts';
import { dependencyChecks, observeLoad, readinessChecks } from './proxy-checks.ts';
import type { ProxyContext } from './proxy-context.ts';
import { AnswerCache } from './remembered/answers/answer-cache.ts';
import { OpenHolds, watchHolds } from './reports/open-holds.ts';
import { RejectionLog } from './reports/rejection-log.ts';
import { createWatermarkReporter } from './reports/watermark-reporter.ts';
import { createFingerprintKey } from './requests/note-fingerprint.ts';
import { CompiledPolicies } from './requests/privacy/compiled-policies.ts';
import { MaskingQueue } from './requests/privacy/masking-queue.ts';
import { RequestOutcomes, withOutcomes } from './routes/idempotency/request-outcomes.ts';
import { startFromDisk } from './snapshot/start-from-disk.ts';
import { startTasks } from './start-tasks.ts';
import { Drains } from './upstream/drains.ts';

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
const maskingBounds = {
  ...{ processesMax: 2, jobsMax: 16, callerJobsMax: 2, organisationJobsMax: 6 },
  ...{ deadlineMs: 10_000, heapMebibytes: 192 },
};
const peerDeadlineMs = 3000;
/** Before the grace is over, so that a stream ends with an error that says so instead of a torn connection. */
const cutBeforeGraceMs = 1000;
const settleDeadlineMs = 8000;
const shipDeadlineMs = 5000;

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
  const peers = connectPeers(config, signer);
  const { billing } = peers;
  const holds = new OpenHolds(() => performance.now());
  const stores = openStores(config, overrides, billing, events, holds);
  const spool = await openProxySpool(config, stores.eventLog, events);
  const monotonicNow = overrides.monotonicNow ?? (() => performance.now());
  const { offers, ...known } = openRouting(config, monotonicNow);
  const { routing } = known;
  const watermark = createWatermarkReporter({ spool, holds, billing, onFailure: events.watermarkNotSent });
  const background = new AbortController();
  let tasks: Promise<unknown> = Promise.resolve();
  let cutTimer: NodeJS.Timeout | undefined;

  const now = overrides.now ?? Date.now;
  const corrections = openCorrections(config, { ...known, stores, spool, events, monotonicNow, now });
  const rejections = new RejectionLog(now);
  await corrections.open();

  const context: ProxyContext = {
    corrections,
    ...{ config, logger, metrics, events, spool, verifier, rejections, outcomes, ...known },
    admission: watchHolds(stores.admission, holds),
    refused: new RefusedSubjects(monotonicNow),
    ...openRooms(config, events),
    leases: new LeaseRequests(billing),
    budgets: new BudgetRequests(billing, now),
    ...openRequestState(config),
    answers: new AnswerCache(stores.answers, config.cacheTtlSeconds * 1000),
    ...openConversations(config, stores),
    once: createOnceServer(config, stores.claims, (error) => events.partFailed('idempotency', error)),
    mockProvider: await openMockProvider(config),
    tracing: overrides.tracing ?? (await openTracing(config, 'proxy')),
    ...{ now, monotonicNow },
    isClosing: () => background.signal.aborted,
    readinessChecks: readinessChecks(routing, offers, spool),
    dependencyChecks: dependencyChecks(stores, routing),
    healthServices: { redis: 'counterStore', rabbitmq: 'eventLog', providers: 'providers' },
    async start() {
      await watermark.reportOpened();
      await startFromDisk(config.snapshotPath, routing, offers, events);
      tasks = startTasks(context, { ...peers, signer, offers, stores, watermark }, background.signal);
    },
    beginDrain() {
      const cut = () => events.streamsTruncated(context.requests.cutAll());
      cutTimer = setTimeout(cut, Math.max(0, config.shutdownGraceMs - cutBeforeGraceMs));
    },
    async close() {
      clearTimeout(cutTimer);
      background.abort();
      await closeServing(context, tasks);
      await watermark.reportClosed();
      await spool.close();
      await Promise.all([context.pools.close(), closePeers(peers)]);
      await stores.closeOwn();
      if (overrides.tracing === undefined) await context.tracing?.close();
    },
  };
  observeLoad(metrics, context);
  return context;
}

function openRequestState(config: ProxyConfig) {
  return {
    requests: new OpenRequests(),
    drains: new Drains(config.disconnectDrainMs),
    backgroundRuns: new Map(),
    policies: new CompiledPolicies(),
    masking: new MaskingQueue(maskingBounds),
    bootId: readBootId(),
    fingerprintKey: config.requestFingerprints ? createFingerprintKey(config.credentialsEncryptionKeys) : null,
  };
}

/** Ends what is open, waits until it is settled, and ships what is in the spool: each for a bounded time. */
async function closeServing(context: ProxyContext, tasks: Promise<unknown>): Promise<void> {
  const { arriving, masking, events, requests, mockProvider, spool } = context;
  arriving.close();
  masking.close();
  events.streamsTruncated(requests.cutAll());
  await Promise.all([tasks, requests.waitUntilNone(settleDeadlineMs)]);
  mockProvider?.close();
  await spool.waitUntilShipped(shipDeadlineMs).catch((error: unknown) => events.partFailed('event_log', error));
}

function connectPeers(config: ProxyConfig, signer: IdentitySigner) {
  const peer = { signer, deadlineMs: peerDeadlineMs };
  return {
    billing: createInternalClient({ ...peer, target: 'billing', baseUrl: config.billingUrl }),
    orchestrator: createInternalClient({
      ...peer,
      target: 'provider-orchestrator',
      baseUrl: config.orchestratorUrl,
    }),
    /** Only for the stream of snapshots. */
    streamAgent: new Agent({ connections: 1, connect: { timeout: peerDeadlineMs } }),
  };
}

async function closePeers({ billing, orchestrator, streamAgent }: ReturnType<typeof connectPeers>): Promise<void> {
  await Promise.all([billing.close(), orchestrator.close(), streamAgent.destroy()]);
}
