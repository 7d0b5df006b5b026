import type { Database } from '../database/open-database.ts';

/** How far a spool is, as billing knows it. */
export interface SpoolState {
  id: string;
  /** Everything that began before this mark is in the event log; null where nothing is known. */
  passedMark: bigint | null;
  passedEpoch: bigint | null;
  /** Number of the last record before the mark. */
  passedSeq: bigint | null;
  /** Stopped, and left nothing behind. */
  isClosed: boolean;
  /** When it fell silent; null while it reports. */
  silentMark: bigint | null;
}

/** A spool that is known by its events alone is waited for this long after the last of them. */
const eventsOnlyDays = 7;

/** Every spool from which a settlement may come, without those that were declared lost. */
export function readSpoolStates(db: Database): Promise<SpoolState[]> {
  return db.$queryRaw<SpoolState[]>`
    SELECT id, passed_mark AS "passedMark", passed_epoch AS "passedEpoch", passed_seq AS "passedSeq",
      closed_at IS NOT NULL AS "isClosed", silent_mark AS "silentMark"
    FROM spool WHERE lost_at IS NULL
    UNION ALL
    SELECT DISTINCT spool_id, NULL::bigint, NULL::bigint, NULL::bigint, false, NULL::bigint
    FROM spool_watermark AS mark
    WHERE updated_at > now() - ${eventsOnlyDays} * interval '1 day'
      AND NOT EXISTS (SELECT FROM spool WHERE spool.id = mark.spool_id)`;
}

/** Those of the spools of which records are missing: the event log has acknowledged them, and they never arrived. */
export async function findGappedSpools(db: Database, spools: readonly SpoolState[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ spoolId: string; epoch: bigint; contiguous: bigint; hasHole: boolean }[]>`
    SELECT spool_id AS "spoolId", epoch, contiguous, gap_since IS NOT NULL AS "hasHole" FROM spool_watermark
    WHERE spool_id = ANY (${spools.map(({ id }) => id)}::text[])`;
  const bySpool = Map.groupBy(rows, ({ spoolId }) => spoolId);
  const isGapped = ({ id, passedEpoch, passedSeq }: SpoolState): boolean => {
    if (passedEpoch === null || passedSeq === null) return false;
    const epochs = bySpool.get(id) ?? [];
    const arrived = epochs.find(({ epoch }) => epoch === passedEpoch)?.contiguous ?? 0n;
    return arrived < passedSeq || epochs.some(({ epoch, hasHole }) => epoch < passedEpoch && hasHole);
  };
  return new Set(spools.filter(isGapped).map(({ id }) => id));
}
