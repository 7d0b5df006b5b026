import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reportedProvidersMax, usageRecordedTopic } from '@aggregator/contracts';
import type { EventLog } from '@aggregator/messaging';
import { createMockProvider, type MockProvider } from '@aggregator/mock-provider';
import { createTargetMemory, ExpiringMarks } from '@aggregator/resilience';
import { emptyAllowlist } from '@aggregator/service-kit';
import { openSpool, type Spool } from '@aggregator/spool';
import { mockLedgerPath, type ProxyConfig } from './config.ts';
import type { ProxyEvents } from './events.ts';
import { CorrectionFiles } from './money/corrections/correction-files.ts';
import { Corrections } from './money/corrections/corrections.ts';
import { findUsageRecord } from './money/find-usage-record.ts';
import type { Stores } from './open-stores.ts';
import type { ProxyContext } from './proxy-context.ts';
import { SealedRecords } from './remembered/responses/sealed-records.ts';
import { StoredConversations } from './remembered/responses/stored-conversations.ts';
import { StoredResponses } from './remembered/responses/stored-responses.ts';
import { ProviderTrafficBook } from './reports/provider-traffic.ts';
import { ArrivingBodies } from './requests/arriving-bodies.ts';
import { chooseMemoryMax, Room } from './routes/room.ts';
import { SnapshotOffers } from './snapshot/snapshot-offers.ts';
import { CurrentSnapshot } from './snapshot/swap-snapshot.ts';
import { Credentials } from './upstream/credentials.ts';
import { EventRoom } from './upstream/event-room.ts';
import { ProviderPools } from './upstream/provider-pools.ts';

/** A body has so long, and more at this rate: the gateway sends what it has whole. */
const bodyGraceMs = 10_000;
const bodyBytesPerMsMin = 64;
const shipBatchMax = 500;
const targetsMax = 20_000;
const refusedPrefillMs = 3_600_000;
const eventRoomLimits = { totalMax: 256 * 1024 * 1024, providerMax: 128 * 1024 * 1024 };

/** The snapshot, and what is known and needed of the providers in it. */
export function openRouting(config: ProxyConfig, monotonicNow: () => number) {
  const credentials = new Credentials(config.credentials, monotonicNow);
  return {
    routing: new CurrentSnapshot(monotonicNow),
    credentials,
    offers: new SnapshotOffers(monotonicNow),
    traffic: new ProviderTrafficBook({ now: monotonicNow, providersMax: reportedProvidersMax }),
    memory: createTargetMemory({ now: monotonicNow, random: Math.random, targetsMax }),
    refusedPrefills: new ExpiringMarks({ now: monotonicNow, forMs: refusedPrefillMs, sizeMax: targetsMax }),
    pools: new ProviderPools({
      connectionsMax: config.upstreamConnectionsMax,
      allowlist: config.baseUrlAllowlist ?? emptyAllowlist,
      proxies: config,
      tlsFiles: config.tlsFiles,
      readSecret: (reference) => credentials.resolve(reference),
    }),
  };
}

/** The room for requests, for bodies on their way, and for large events. */
export function openRooms(config: ProxyConfig, events: ProxyEvents) {
  return {
    room: new Room({
      requestsMax: config.requestsInFlightMax,
      memoryMax: config.bodyBytesInFlightMax ?? chooseMemoryMax(),
      onRefused: events.roomRefused,
    }),
    arriving: new ArrivingBodies({ graceMs: bodyGraceMs, bytesPerMsMin: bodyBytesPerMsMin }),
    eventRoom: new EventRoom(eventRoomLimits),
  };
}

export function openConversations(config: ProxyConfig, stores: Pick<Stores, 'responses' | 'conversations'>) {
  const sealed = (kind: 'response' | 'conversation') =>
    new SealedRecords(stores.responses, kind, config.responsesStoreHours * 3_600_000);
  return {
    conversations: stores.conversations,
    responses: new StoredResponses(sealed('response'), stores.conversations),
    storedConversations: new StoredConversations(sealed('conversation')),
  };
}

export function openCorrections(
  config: ProxyConfig,
  parts: Pick<ProxyContext, 'credentials' | 'pools' | 'spool' | 'events' | 'monotonicNow' | 'now'> & {
    stores: Pick<Stores, 'eventLog'>;
  },
): Corrections {
  const { credentials, pools, spool, events, monotonicNow, now, stores } = parts;
  return new Corrections({
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
}

export function openProxySpool(config: ProxyConfig, eventLog: EventLog, events: ProxyEvents): Promise<Spool> {
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

export async function openMockProvider(config: ProxyConfig): Promise<MockProvider | null> {
  if (!config.mockProvider) return null;
  const ledgerPath = mockLedgerPath(config);
  await mkdir(dirname(ledgerPath), { recursive: true });
  return createMockProvider({
    ledgerPath,
    latencyMs: config.mockLatencyMs,
    chunkDelayMs: config.mockChunkDelayMs,
  });
}
