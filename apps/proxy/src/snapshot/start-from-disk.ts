import type { ProxyEvents } from '../events.ts';
import { readSavedSnapshot } from './saved-snapshot.ts';
import type { SnapshotOffers } from './snapshot-offers.ts';
import type { CurrentSnapshot } from './swap-snapshot.ts';

/** Serves the last good snapshot of an earlier process, where there is one. */
export async function startFromDisk(
  path: string,
  routing: CurrentSnapshot,
  offers: SnapshotOffers,
  events: ProxyEvents,
): Promise<void> {
  try {
    const snapshot = await readSavedSnapshot(path);
    if (snapshot === null || routing.swap(snapshot) !== 'swapped') return;
    offers.answer(snapshot, 'ack', []);
    events.snapshotTaken(snapshot);
  } catch (error) {
    events.savedSnapshotUnreadable(error);
  }
}
