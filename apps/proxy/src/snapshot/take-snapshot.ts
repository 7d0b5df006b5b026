import { credentialsAnswer, type EntryProblem, type RoutingSnapshot } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import type { ProxyEvents } from '../events.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { ProviderPools } from '../upstream/provider-pools.ts';
import { readSnapshot } from './read-snapshot.ts';
import { saveSnapshot } from './saved-snapshot.ts';
import type { SnapshotOffers } from './snapshot-offers.ts';
import type { CurrentSnapshot } from './swap-snapshot.ts';

export interface TakeOptions {
  readonly snapshotPath: string;
  /** For keys. */
  readonly orchestrator: InternalClient;
  readonly current: CurrentSnapshot;
  readonly offers: SnapshotOffers;
  readonly pools: ProviderPools;
  readonly credentials: Credentials;
  /** What is remembered of targets that are gone can be forgotten. `before`: what was served until now. */
  onSwap(before: RoutingSnapshot | null): void;
  /** There is an answer to report. */
  onAnswer(): void;
  readonly events: ProxyEvents;
}

const credentialsAtOnceMax = 500;

/** Serves what can be read of a newer snapshot from now on; rejects one that cannot be read, and keeps the present one. */
export async function takeSnapshot(options: TakeOptions, offered: unknown): Promise<void> {
  const { current, events, offers, onAnswer } = options;
  const read = readSnapshot(offered);
  if (!read.isGood) {
    events.snapshotRefused(read.problems);
    if (read.number === null || current.compare(read.number) < 0) return;
    offers.answer(read.number, 'nack', read.problems);
    onAnswer();
    return;
  }
  const { snapshot, problems } = read;
  const age = current.compare(snapshot);
  if (age < 0) return;
  if (age > 0) offers.noteOffer();
  await fetchCredentials(options, snapshot);
  await serveSnapshot(options, snapshot, problems);
}

/** Swaps it in, where it is not older than what is served, and answers it. */
export async function serveSnapshot(
  { current, events, offers, pools, snapshotPath, onSwap, onAnswer }: TakeOptions,
  snapshot: RoutingSnapshot,
  problems: EntryProblem[],
): Promise<void> {
  const before = current.index?.snapshot ?? null;
  const result = current.swap(snapshot);
  if (result === 'older') return;
  offers.answer(snapshot, 'ack', problems);
  onAnswer();
  if (result === 'same') return;
  events.snapshotTaken(snapshot);
  if (problems.length > 0) events.snapshotEntriesLeftOut(problems);
  pools.retain(snapshot.providers);
  onSwap(before);
  await saveSnapshot(snapshotPath, snapshot).catch((error: unknown) => events.snapshotNotSaved(error));
}

/**
 * Keys that the orchestrator keeps come before the snapshot that names them is served, so that no request meets a provider
 * without its key. Where they do not come it is served all the same: its other providers are well.
 */
async function fetchCredentials(
  { credentials, events, orchestrator }: TakeOptions,
  snapshot: RoutingSnapshot,
): Promise<void> {
  const refs = credentials.findMissing(snapshot);
  let answered = {};
  for (let from = 0; from < refs.length; from += credentialsAtOnceMax) {
    const body = { refs: refs.slice(from, from + credentialsAtOnceMax) };
    try {
      const call = { method: 'POST', path: '/internal/credentials', body, answer: credentialsAnswer } as const;
      answered = { ...answered, ...(await orchestrator.call(call)).credentials };
    } catch (error) {
      events.snapshotStreamLost(error);
    }
  }
  credentials.replace(snapshot, answered);
}
