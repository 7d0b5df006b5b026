import { createHash } from 'node:crypto';
import type {
  DeclarationResult,
  DeclarationsAnswer,
  DeclaredPriceTableEntry,
  DeclaredProviderEntry,
  DeclaredRouteEntry,
} from '@aggregator/contracts';

export type SnapshotPoint = DeclarationsAnswer['snapshot'];

/** What the orchestrator said of one entry, and which entry that was. */
export interface Answered {
  readonly generation: number;
  /** Of the whole entry: another key of the same generation is another entry. */
  readonly digest: string;
  readonly result: DeclarationResult;
  /** The snapshot that this entry, as it is, became part of. */
  readonly snapshot: SnapshotPoint;
}

/** Objects that the orchestrator holds for us, by uid. */
export interface DeclaredSet {
  readonly answered: ReadonlyMap<string, Answered>;
  readonly snapshot: SnapshotPoint;
}

export type DeclaredEntry = DeclaredProviderEntry | DeclaredRouteEntry | DeclaredPriceTableEntry;

export function digestOf(entry: DeclaredEntry): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('base64url');
}

/**
 * What is known after an answer. An entry that did not change keeps the snapshot that it came with: proxies that serve
 * it need not say so again because of another owner's change. If the orchestrator went back or began again, everything
 * counts again.
 */
export function takeAnswer(
  known: DeclaredSet | null,
  sent: readonly DeclaredEntry[],
  answer: DeclarationsAnswer,
): DeclaredSet {
  const results = new Map(answer.entries.map((result) => [result.uid, result]));
  const answered = new Map<string, Answered>();
  for (const entry of sent) {
    const { uid, generation } = entry.origin;
    const result = results.get(uid);
    if (result === undefined) continue;
    const digest = digestOf(entry);
    const before = known?.answered.get(uid);
    const isSame = before?.digest === digest && before.result.result === result.result;
    const isStanding = isSame && isFrom(before.snapshot, answer.snapshot);
    answered.set(uid, { generation, digest, result, snapshot: isStanding ? before.snapshot : answer.snapshot });
  }
  return { answered, snapshot: answer.snapshot };
}

/** True if `point` lies within the history that `now` is the end of. */
function isFrom(point: SnapshotPoint, now: SnapshotPoint): boolean {
  return point.epoch === now.epoch && point.version <= now.version;
}

/** True if a snapshot includes what became part of `wanted`. */
export function includes(snapshot: SnapshotPoint, wanted: SnapshotPoint): boolean {
  return snapshot.epoch > wanted.epoch || (snapshot.epoch === wanted.epoch && snapshot.version >= wanted.version);
}
