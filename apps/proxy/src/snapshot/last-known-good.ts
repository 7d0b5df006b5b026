import type { ExpiringStore } from '@aggregator/expiring-store';
import { type Envelope, lastKnownGoodStore, unpackLastKnownGood } from '@aggregator/service-kit';
import { readSnapshot } from './read-snapshot.ts';
import { serveSnapshot, type TakeOptions } from './take-snapshot.ts';

/**
 * What the orchestrator kept for a proxy that starts without it: a newer snapshot than that of the own disk, which holds no
 * keys either, is served from now on, and keys that are missing are filled in. What came over the stream meanwhile stays.
 */
export async function takeLastKnownGood(options: TakeOptions, store: ExpiringStore, envelope: Envelope): Promise<void> {
  const { current, credentials, events } = options;
  try {
    const text = await store.get(lastKnownGoodStore.key);
    if (text === null) return;
    const state = await unpackLastKnownGood(envelope, text);
    const read = readSnapshot(state?.snapshot);
    if (state === null || !read.isGood) {
      events.savedSnapshotUnreadable(new Error('what the orchestrator kept cannot be opened or read'));
      return;
    }
    const served = current.compare(read.snapshot) > 0 ? read.snapshot : current.require().snapshot;
    const missing = credentials.findMissing(served).flatMap((ref) => {
      const value = state.credentials[ref];
      return value === undefined ? [] : [[ref, value] as const];
    });
    if (missing.length > 0) credentials.replace(served, Object.fromEntries(missing));
    if (served === read.snapshot) await serveSnapshot(options, served, read.problems);
  } catch (error) {
    events.savedSnapshotUnreadable(error);
  }
}
