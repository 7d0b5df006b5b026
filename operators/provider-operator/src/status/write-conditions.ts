import type { Condition } from '@aggregator/contracts';
import { operatorFieldManager } from '@aggregator/contracts';
import {
  applyResource,
  type Clock,
  type KubernetesConnection,
  KubernetesError,
  type ResourceKind,
} from '@aggregator/kubernetes';
import { z } from 'zod';
import type { Observed } from '../watch/read-object.ts';

interface Written<Status> {
  readonly status: Status;
  readonly resourceVersion: string;
  readonly atMs: number;
  /** By then as much time has passed as its writes so far may take. */
  readonly earnedMs: number;
}

export interface StatusWriter<Status> {
  /** The newest status that we know of: what we wrote last, where the cache does not have it yet. */
  statusOf(object: Observed<unknown, Status>): Status | undefined;
  /** When we wrote it last, by the clock's `nowMs`; null where we have not. */
  writtenAtMs(uid: string): number | null;
  /**
   * Writes what differs, on average once a second at most: three may follow one another, so that what begins, is under
   * way and ends is reported at once. If that is spent, or the object has changed meanwhile, nothing is written, and
   * the answer says when to come again.
   */
  write(object: Observed<unknown, Status>, status: Status, signal: AbortSignal): Promise<{ requeueAfterMs?: number }>;
  /** The newest version that we know of: of the cache, or of our own write that the cache does not have yet. */
  versionOf(object: Observed<unknown, Status>): string;
  /** The object has changed by another of our writes. */
  noteVersion(uid: string, resourceVersion: string): void;
  forget(uid: string): void;
}

export interface WriterParts {
  readonly connection: KubernetesConnection;
  readonly clock: Clock;
  onWritten(kind: ResourceKind): void;
  onConflict(kind: ResourceKind): void;
}

const writesApartMs = 1000;
const writesAtOnceMax = 3;
const conflictMs = 200;
const applied = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/**
 * Writes statuses of one kind by server-side apply: ours, whole, and only of the very version that they were judged by.
 */
export function createStatusWriter<Status extends { conditions?: Condition[] | undefined }>(
  kind: ResourceKind,
  { connection, clock, onWritten, onConflict }: WriterParts,
): StatusWriter<Status> {
  const written = new Map<string, Written<Status>>();
  /** Of our other writes to the object. */
  const versions = new Map<string, string>();

  const statusOf = ({ metadata, status }: Observed<unknown, Status>) => {
    const last = written.get(metadata.uid);
    return last !== undefined && isNewer(last.resourceVersion, metadata.resourceVersion) ? last.status : status;
  };

  const versionOf = ({ metadata }: Observed<unknown, Status>) =>
    [written.get(metadata.uid)?.resourceVersion ?? '', versions.get(metadata.uid) ?? ''].reduce(
      (newest, version) => (isNewer(version, newest) ? version : newest),
      metadata.resourceVersion,
    );

  return {
    statusOf,
    versionOf,
    writtenAtMs: (uid) => written.get(uid)?.atMs ?? null,
    noteVersion: (uid, resourceVersion) => versions.set(uid, resourceVersion),
    forget(uid) {
      written.delete(uid);
      versions.delete(uid);
    },
    async write(object, status, signal) {
      const { namespace, name, uid } = object.metadata;
      if (isSame(statusOf(object), status)) return {};
      const last = written.get(uid);
      const aheadMs = (last?.earnedMs ?? 0) - clock.nowMs();
      const roomMs = (writesAtOnceMax - 1) * writesApartMs;
      if (aheadMs > roomMs) return { requeueAfterMs: aheadMs - roomMs };
      const body = { metadata: { namespace, name, uid, resourceVersion: versionOf(object) }, status };
      const options = { fieldManager: operatorFieldManager, force: true, subresource: 'status' as const, signal };
      try {
        const answer = applied.parse(await applyResource(connection, kind, body, options));
        const atMs = clock.nowMs();
        const earnedMs = Math.max(last?.earnedMs ?? 0, atMs) + writesApartMs;
        written.set(uid, { status, resourceVersion: answer.metadata.resourceVersion, atMs, earnedMs });
        onWritten(kind);
        return {};
      } catch (error) {
        if (!(error instanceof KubernetesError) || (error.status !== 409 && error.status !== 404)) throw error;
        onConflict(kind);
        // The cache will show the result; what we know now is not the newest.
        versions.delete(uid);
        return { requeueAfterMs: conflictMs };
      }
    },
  };
}

/** Of one object, a higher resourceVersion is a later one. */
function isNewer(one: string, other: string): boolean {
  return Number(one) > Number(other);
}

/** True if they mean the same in any order of their fields. */
export function isSame(one: unknown, other: unknown): boolean {
  return toSorted(one) === toSorted(other);
}

function toSorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
