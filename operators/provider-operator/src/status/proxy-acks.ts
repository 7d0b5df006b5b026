import type { RoutingState } from '@aggregator/contracts';
import { includes, type SnapshotPoint } from '../reconcile/declared-set.ts';

type Report = RoutingState['proxies'][number];

/** What one proxy serves, and what it thinks of what it was offered last. */
export interface ProxyAck {
  readonly proxyId: string;
  readonly instance: string;
  readonly lastSeenAt: string;
  /**
   * The newest snapshot that it took, with the entries of it that it could not; null before the first that we know of.
   */
  readonly served: { readonly point: SnapshotPoint; readonly problems: ReadonlyMap<string, string> } | null;
  /** The one that it refused whole, where that was the last one it was offered. */
  readonly refused: { readonly point: SnapshotPoint; readonly message: string } | null;
}

/**
 * By the name of the pod. A proxy that rejects a snapshot keeps the one before, so what it took is remembered beside
 * what it refused: an object of the older one is served although the newer one is faulty. A proxy that has left
 * the reports is forgotten.
 */
export function readAcks(
  known: ReadonlyMap<string, ProxyAck>,
  { proxies }: Pick<RoutingState, 'proxies'>,
): ReadonlyMap<string, ProxyAck> {
  const acks = new Map<string, ProxyAck>();
  for (const report of proxies) {
    const other = acks.get(report.instance);
    // A container that was restarted is another process in the same pod.
    if (other !== undefined && other.lastSeenAt >= report.lastSeenAt) continue;
    acks.set(report.instance, readAck(known.get(report.instance), report));
  }
  return acks;
}

function readAck(known: ProxyAck | undefined, { proxyId, instance, lastSeenAt, snapshot }: Report): ProxyAck {
  const before = known?.proxyId === proxyId ? known.served : null;
  if (snapshot === null) return { proxyId, instance, lastSeenAt, served: before, refused: null };
  const { epoch, version, problems } = snapshot;
  const point = { epoch, version };
  if (snapshot.result === 'ack') {
    const served = { point, problems: new Map(problems.map(({ entry, message }) => [entry, message])) };
    return { proxyId, instance, lastSeenAt, served, refused: null };
  }
  const message = problems.map((problem) => problem.message).join('; ') || 'refused whole';
  return { proxyId, instance, lastSeenAt, served: before, refused: { point, message } };
}

export type Standing =
  | { readonly state: 'applied' }
  | { readonly state: 'waiting' }
  | { readonly state: 'rejected'; readonly message: string };

/** Returns how a proxy serves `entry` (`providers/<name>`) as it became part of the snapshot at `since`. */
export function standingOf(ack: ProxyAck | undefined, entry: string, since: SnapshotPoint): Standing {
  if (ack === undefined) return { state: 'waiting' };
  if (ack.served !== null && includes(ack.served.point, since)) {
    const problem = ack.served.problems.get(entry);
    return problem === undefined ? { state: 'applied' } : { state: 'rejected', message: problem };
  }
  if (ack.refused !== null && includes(ack.refused.point, since)) {
    return { state: 'rejected', message: ack.refused.message };
  }
  return { state: 'waiting' };
}
