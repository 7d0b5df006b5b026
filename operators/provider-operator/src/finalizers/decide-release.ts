import { skipDrainAnnotation } from '@aggregator/contracts';
import { includes, type SnapshotPoint } from '../reconcile/declared-set.ts';
import type { Traffic } from '../status/judge-credentials.ts';
import type { Proxies } from '../status/judge-programmed.ts';
import type { ObjectMetadata } from '../watch/read-object.ts';

export type Release =
  | { readonly because: 'drained' | 'skipped' | 'overdue' }
  | { readonly because: null; readonly waitingFor: string };

/** So long a deleted provider may wait for its last request: the deletion of a namespace must never hang. */
export const drainMsMax = 600_000;

/**
 * Pure: whether a provider that is being deleted may go. First every proxy must have taken a snapshot without it, then
 * the requests that were open there must have ended.
 */
export function decideRelease(input: {
  readonly metadata: ObjectMetadata;
  /** The first snapshot without it; null while the orchestrator has not taken one. */
  readonly leftAt: SnapshotPoint | null;
  readonly proxies: Proxies;
  readonly traffic: Traffic | undefined;
  /** What the wall shows, as `deletionTimestamp` does. */
  readonly nowMs: number;
}): Release {
  const { metadata, leftAt, proxies, traffic, nowMs } = input;
  if (metadata.annotations?.[skipDrainAnnotation] === 'true') return { because: 'skipped' };
  if (nowMs - Date.parse(metadata.deletionTimestamp ?? '') >= drainMsMax) return { because: 'overdue' };
  if (leftAt === null) return { because: null, waitingFor: 'the orchestrator to take it out' };
  const behind = proxies.desired.filter((instance) => {
    const served = proxies.acks.get(instance)?.served;
    return !served || !includes(served.point, leftAt);
  });
  if (behind.length > 0) return { because: null, waitingFor: `${behind.length} proxies to take it out` };
  const open = traffic?.inFlight ?? 0;
  return open > 0 ? { because: null, waitingFor: `${open} open requests` } : { because: 'drained' };
}
