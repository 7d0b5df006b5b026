import { type Actor, installation, writeAudit } from '../audit/write-audit.ts';
import type { Database } from '../database/open-database.ts';

/**
 * Declares that what a spool has not delivered never comes: its volume is gone, or its missing records are. Money waits for
 * it no longer. Holes among its records are closed. A spool that reports afterwards counts again.
 * Returns false for a spool that was never seen.
 */
export async function declareSpoolLost(db: Database, spoolId: string, actor: Actor = installation): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const marks = await tx.$executeRaw`
      UPDATE spool_watermark AS mark SET
        seen = full_range.seen, contiguous = upper(full_range.seen) - 1, max_seen = upper(full_range.seen) - 1,
        gap_since = NULL, gap_alerted_at = NULL
      FROM (
        SELECT row.spool_id, row.epoch, int8multirange(int8range(1, greatest(upper(row.seen),
          CASE WHEN spool.passed_epoch = row.epoch THEN spool.passed_seq + 1 ELSE 0 END))) AS seen
        FROM spool_watermark AS row LEFT JOIN spool ON spool.id = row.spool_id
        WHERE row.spool_id = ${spoolId}
      ) AS full_range
      WHERE mark.spool_id = full_range.spool_id AND mark.epoch = full_range.epoch`;
    const known = await tx.$executeRaw`UPDATE spool SET lost_at = now() WHERE id = ${spoolId}`;
    if (known === 0 && marks > 0) {
      // Seen in events alone: a new row says that no proxy waits for it.
      await tx.$executeRaw`
        INSERT INTO spool (id, epoch, issued_mark, open_requests, unshipped, lost_at)
        VALUES (${spoolId}, 1, nextval('spool_mark'), 0, 0, now())`;
    }
    const isKnown = known > 0 || marks > 0;
    if (isKnown) {
      await writeAudit(tx, new Date(), actor, {
        organizationId: null,
        action: 'spool_declared_lost',
        subjectType: 'spool',
        subjectId: spoolId,
        details: { marks },
      });
    }
    return isKnown;
  });
}
