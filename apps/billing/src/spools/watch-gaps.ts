import type { Database } from '../database/open-database.ts';

export interface SpoolGap {
  spoolId: string;
  epoch: bigint;
  /** The first record that is missing. */
  firstMissing: bigint;
  maxSeen: bigint;
}

/** How old a hole must be before it counts as a loss. */
const gapAgeMs = 5 * 60_000;
/** A spool without holes that has been silent for so long is forgotten. */
const silenceDays = 30;

/** The result of `findSpoolGaps` if there are none. */
export const noSpoolGaps: { fresh: SpoolGap[]; open: number } = { fresh: [], open: 0 };

/** Has a row if `findSpoolGaps` changes or counts one. */
export const gapsToWatch = `
  SELECT FROM spool_watermark
  WHERE gap_since IS NOT NULL OR gap_alerted_at IS NOT NULL OR updated_at < now() - ${silenceDays} * interval '1 day'`;

/** Finds holes that stay: those not reported before, and how many there are in all. */
export async function findSpoolGaps(
  db: Database,
  ageMs: number = gapAgeMs,
): Promise<{ fresh: SpoolGap[]; open: number }> {
  const fresh = await db.$queryRaw<SpoolGap[]>`
    UPDATE spool_watermark SET gap_alerted_at = now()
    WHERE gap_since <= now() - ${ageMs} * interval '1 millisecond' AND gap_alerted_at IS NULL
    RETURNING spool_id AS "spoolId", epoch, contiguous + 1 AS "firstMissing", max_seen AS "maxSeen"`;
  const [count] = await db.$queryRaw<{ open: bigint }[]>`
    SELECT count(*) AS open FROM spool_watermark WHERE gap_alerted_at IS NOT NULL`;
  await db.$executeRaw`
    DELETE FROM spool_watermark AS mark
    WHERE gap_since IS NULL AND updated_at < now() - ${silenceDays} * interval '1 day'
      AND NOT EXISTS (SELECT FROM spool WHERE spool.id = mark.spool_id AND spool.passed_epoch = mark.epoch)`;
  return { fresh, open: Number(count?.open ?? 0n) };
}
