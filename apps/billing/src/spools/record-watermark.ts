import { AppError, type SpoolMark, type SpoolWatermark } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';

/**
 * Notes how far a proxy's spool is, and returns the next mark. The mark is committed with the row, so that no later one is
 * ever smaller. A mark that this spool was never given is ignored.
 * @throws {AppError} `conflict` for a process whose spool was opened by another one since.
 */
export async function recordWatermark(db: Transaction, watermark: SpoolWatermark): Promise<SpoolMark> {
  const { spoolId, epoch, passed, openRequests, unshipped, isClosed } = watermark;
  const [row] = await db.$queryRaw<{ mark: bigint }[]>`
    WITH report AS (
      SELECT ${passed === null ? null : passed.mark}::bigint AS mark, ${passed?.seq ?? null}::bigint AS seq,
        ${isClosed}::boolean AS closed
    )
    INSERT INTO spool AS present
      (id, epoch, issued_mark, passed_mark, passed_epoch, passed_seq, open_requests, unshipped, closed_at)
    SELECT ${spoolId}, ${epoch}::bigint, issued.mark, CASE WHEN closed THEN issued.mark END,
      CASE WHEN closed THEN ${epoch}::bigint END, CASE WHEN closed THEN coalesce(report.seq, 0) END,
      ${openRequests}::int, ${unshipped}::int, CASE WHEN closed THEN now() END
    FROM report, nextval('spool_mark') AS issued (mark)
    ON CONFLICT (id) DO UPDATE SET
      epoch = EXCLUDED.epoch, issued_mark = EXCLUDED.issued_mark,
      open_requests = EXCLUDED.open_requests, unshipped = EXCLUDED.unshipped,
      last_seen_at = now(), silent_mark = NULL, lost_at = NULL, closed_at = EXCLUDED.closed_at,
      (passed_mark, passed_epoch, passed_seq) = (
        SELECT
          CASE WHEN closed THEN EXCLUDED.issued_mark WHEN isNews THEN report.mark ELSE present.passed_mark END,
          CASE WHEN closed OR isNews THEN EXCLUDED.epoch ELSE present.passed_epoch END,
          CASE WHEN closed OR isNews THEN coalesce(report.seq, 0) ELSE present.passed_seq END
        FROM report, LATERAL (
          SELECT report.mark <= present.issued_mark AND report.mark > coalesce(present.passed_mark, 0)
        ) AS news (isNews)
      )
    WHERE present.epoch <= EXCLUDED.epoch
    RETURNING issued_mark AS mark`;
  if (row === undefined) throw new AppError('conflict', { internal: `spool ${spoolId} has a later epoch` });
  return { mark: row.mark.toString() };
}
