import { createRedisExpiringStore, type ExpiringStore } from '@aggregator/expiring-store';
import { type Envelope, lastKnownGoodStore } from '@aggregator/service-kit';
import type { ProviderOrchestratorConfig } from '../config.ts';
import type { OrchestratorEvents } from '../events.ts';
import type { ReadStored } from '../health/list-targets.ts';
import { LastKnownGoodWriter } from './last-known-good-writer.ts';
import type { SnapshotFeed } from './snapshot-feed.ts';

const debounceMs = 500;
const intervalMs = 5 * 60_000;

/**
 * Keeps each snapshot that this instance takes from now on, where there is a store to keep it in and a key to seal it with; null
 * where there is not. A store that is given is not closed.
 */
export function openLastKnownGood(
  { redisUrl, redisKeyPrefix }: Pick<ProviderOrchestratorConfig, 'redisUrl' | 'redisKeyPrefix'>,
  given: ExpiringStore | undefined,
  parts: { envelope: Envelope | null; feed: SnapshotFeed; events: OrchestratorEvents; readStored: ReadStored },
): { close(): Promise<void> } | null {
  const { envelope, feed, events, readStored } = parts;
  const { bounds, deadlineMs, keyPrefix } = lastKnownGoodStore;
  if (envelope === null || (given === undefined && redisUrl === undefined)) return null;
  const onError = events.lastKnownGoodNotKept;
  const own =
    redisUrl === undefined || given !== undefined
      ? null
      : createRedisExpiringStore({
          ...{ ...bounds, deadlineMs, url: redisUrl },
          ...{ keyPrefix: `${redisKeyPrefix}${keyPrefix}`, onError },
        });
  const store = given ?? own;
  if (store === null) return null;
  const writer = new LastKnownGoodWriter({
    ...{ store, envelope, readStored, debounceMs, intervalMs },
    readCurrent: () => feed.current,
    onTooLarge: (bytes) => onError(new RangeError(`${bytes} bytes are more than the store takes`)),
    onFailure: onError,
  });
  feed.onSnapshot(() => writer.noteChange());
  return {
    async close() {
      await writer.close();
      await own?.close();
    },
  };
}
