import { type AdmissionStore, createAdmissionStore } from '@aggregator/admission';
import {
  type ClaimStore,
  createExpiringStore,
  createRedisExpiringStore,
  type ExpiringStore,
} from '@aggregator/expiring-store';
import { createInvalidationChannel } from '@aggregator/invalidation';
import { createEventLog, type EventLog } from '@aggregator/messaging';
import { type InternalClient, lastKnownGoodStore, openClaims, requireRedisUrl } from '@aggregator/service-kit';
import type { ProxyConfig } from './config.ts';
import type { ProxyEvents } from './events.ts';
import { shelterAdmission } from './money/sheltered-admission.ts';
import { sliceAdmission } from './money/sliced-admission.ts';
import type { OpenHolds } from './reports/open-holds.ts';

/** Stores that may come from outside; who made one closes it. */
export interface GivenStores {
  admission: AdmissionStore;
  eventLog: EventLog;
  claims: ClaimStore;
  /** Where the orchestrator keeps the last known good state. */
  lastKnownGood: ExpiringStore;
}

const conversationEntriesMax = 100_000;
const responseEntriesMax = 20_000;

export type Stores = ReturnType<typeof openStores>;

/** The stores given, or those of the configuration; only the latter are ours to close. */
export function openStores(
  config: ProxyConfig,
  given: Partial<GivenStores>,
  billing: InternalClient,
  events: ProxyEvents,
  holds: OpenHolds,
) {
  const own: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    own.push(store);
    return store;
  };
  return {
    admission: given.admission ?? connectAdmission(config, { billing, events, holds, keep }),
    eventLog: given.eventLog ?? keep(createEventLog(config, 'proxy')),
    answers: keep(openExpiring(config, 'answers', config.cacheMaxSize, events)),
    conversations: keep(openExpiring(config, 'conversations', conversationEntriesMax, events)),
    responses: keep(openExpiring(config, 'responses', responseEntriesMax, events)),
    claims: given.claims ?? keep(openClaims(config, (error) => events.partFailed('idempotency', error))),
    lastKnownGood: given.lastKnownGood ?? openLastKnownGood(config, events, keep),
    async closeOwn() {
      await Promise.all(own.map((store) => store.close()));
    },
  };
}

interface AdmissionParts {
  readonly billing: InternalClient;
  readonly events: ProxyEvents;
  readonly holds: OpenHolds;
  readonly keep: <Store extends { close(): Promise<void> }>(store: Store) => Store;
}

function connectAdmission(config: ProxyConfig, { billing, events, holds, keep }: AdmissionParts): AdmissionStore {
  const redisUrl = requireRedisUrl(config, 'proxies share limits and credit');
  const { redisKeyPrefix: keyPrefix, replicasMax } = config;
  const onError = (error: unknown) => events.partFailed('counter_store', error);
  const channel = keep(createInvalidationChannel({ redisUrl, keyPrefix, onError }));
  const sliced = sliceAdmission(createAdmissionStore({ redisUrl, keyPrefix, onError }), channel, holds);
  return keep(shelterAdmission(sliced, billing, { sharedBy: replicasMax, onChange: events.counterStoreChanged }));
}

function openExpiring(
  { redisUrl, redisKeyPrefix }: ProxyConfig,
  name: string,
  entriesMax: number,
  events: ProxyEvents,
): ExpiringStore {
  const onError = (error: unknown) => events.partFailed(name, error);
  return createExpiringStore({ redisUrl, keyPrefix: `${redisKeyPrefix}${name}:`, entriesMax, onError });
}

/** Only where several processes share a store is there anything in it. */
function openLastKnownGood(
  { redisUrl, redisKeyPrefix, credentialsEncryptionKeys }: ProxyConfig,
  events: ProxyEvents,
  keep: (store: ExpiringStore) => ExpiringStore,
): ExpiringStore | null {
  if (redisUrl === undefined || credentialsEncryptionKeys === undefined) return null;
  const { bounds, deadlineMs, keyPrefix } = lastKnownGoodStore;
  const onError = (error: unknown) => events.partFailed('last_known_good', error);
  const options = { ...bounds, deadlineMs, url: redisUrl, keyPrefix: `${redisKeyPrefix}${keyPrefix}`, onError };
  return keep(createRedisExpiringStore(options));
}
