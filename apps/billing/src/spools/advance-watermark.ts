import type { UsageRecorded } from '@aggregator/contracts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

/**
 * Notes which records of the proxies' spools have arrived, also those that were not posted: a hole means that an event was
 * lost on the way. Records come out of order, since a spool's are spread over the partitions of the log; `gap_since` is
 * therefore the age of one and the same hole, the first.
 */
export async function advanceWatermarks(tx: Transaction, spools: readonly UsageRecorded['spool'][]): Promise<void> {
  if (spools.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO spool_watermark AS mark (spool_id, epoch, seen, contiguous, max_seen, gap_since)
    SELECT "spoolId", epoch, seen,
      coalesce(lower(spool_holes(seen)), upper(seen)) - 1, upper(seen) - 1,
      CASE WHEN NOT isempty(spool_holes(seen)) THEN now() END
    FROM json_to_recordset(${toJsonRows(toArrivals(spools))}::json) AS row (
      "spoolId" text, epoch bigint, seen int8multirange)
    ORDER BY "spoolId", epoch
    ON CONFLICT (spool_id, epoch) DO UPDATE SET
      seen = spool_add(mark.seen, EXCLUDED.seen),
      contiguous = coalesce(lower(spool_holes(spool_add(mark.seen, EXCLUDED.seen))), upper(mark.seen + EXCLUDED.seen)) - 1,
      max_seen = upper(mark.seen + EXCLUDED.seen) - 1,
      gap_since = CASE
        WHEN isempty(spool_holes(spool_add(mark.seen, EXCLUDED.seen))) THEN NULL
        WHEN lower(spool_holes(spool_add(mark.seen, EXCLUDED.seen))) - 1 = mark.contiguous
          THEN coalesce(mark.gap_since, now())
        ELSE now() END,
      gap_alerted_at = CASE
        WHEN lower(spool_holes(spool_add(mark.seen, EXCLUDED.seen))) - 1 = mark.contiguous THEN mark.gap_alerted_at END,
      updated_at = now()`;
}

/** One row for each spool, its records as PostgreSQL writes a set of ranges. */
function toArrivals(spools: readonly UsageRecorded['spool'][]) {
  const bySpool = Map.groupBy(spools, ({ id, epoch }) => `${epoch}/${id}`);
  return [...bySpool.values()].flatMap((records) => {
    const [first] = records;
    if (first === undefined) return [];
    return [
      { spoolId: first.id, epoch: first.epoch, seen: `{${records.map(({ seq }) => `[${seq},${seq}]`).join(',')}}` },
    ];
  });
}
