import type { QueryRows } from '@aggregator/database';
import type { Database, Transaction } from '../database/create-database.ts';
import { withRegistry } from '../database/registry-unavailable.ts';
import type { OrchestratorEvents } from '../events.ts';
import { lookAtRegistry, publishChange, readNewerSnapshot } from './publish.ts';
import { SnapshotFeed } from './snapshot-feed.ts';
import { SnapshotStreams } from './snapshot-streams.ts';

const pollMs = 1000;
const pingMs = 3000;
const stallMs = 15_000;

/** Changes the registry and publishes it, to the proxies of this instance at once. Throws AppError. */
export type Publish = <Result>(
  change: (tx: Transaction) => Promise<Result>,
) => Promise<{ result: Result; snapshot: { epoch: number; version: number } }>;

/** The published snapshot, the streams that send it to the proxies, and the function that publishes a change. */
export function openSnapshots(parts: {
  database: Database;
  query: QueryRows;
  events: OrchestratorEvents;
  proxiesMax: number;
  readUnhealthy(): readonly string[];
}): { feed: SnapshotFeed; streams: SnapshotStreams; publish: Publish } {
  const { database, query, events, proxiesMax, readUnhealthy } = parts;
  const feed = new SnapshotFeed({
    async read(known) {
      const { arePricesDue, isNewer, priceAgeSeconds } = await lookAtRegistry(query, known);
      events.pricesAged(priceAgeSeconds);
      // A price that begins now is published by the instance that sees it first.
      if (arePricesDue) events.registryPublished(await publishChange(database, async () => undefined));
      return isNewer || arePricesDue ? readNewerSnapshot(database, known) : null;
    },
    pollMs,
    onFailure: events.registryLost,
    onRecovery: events.registryBack,
  });
  const readCurrent = () => feed.current;
  const streams = new SnapshotStreams({ streamsMax: proxiesMax, pingMs, stallMs, readCurrent, readUnhealthy });
  feed.onSnapshot((snapshot) => {
    events.snapshotTaken(snapshot);
    streams.deliver();
  });
  const publish: Publish = async (change) => {
    const published = await withRegistry(publishChange(database, change));
    events.registryPublished(published);
    feed.offer(published.snapshot);
    const { epoch, version } = published.snapshot;
    return { result: published.result, snapshot: { epoch, version } };
  };
  return { feed, streams, publish };
}
