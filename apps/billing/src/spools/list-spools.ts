import type { SpoolRow } from '@aggregator/contracts';
import type { Database } from '../database/open-database.ts';

const rowsMax = 500;

interface Row {
  id: string;
  lastSeenAt: Date;
  openRequests: number;
  unshipped: number;
  state: SpoolRow['state'];
  missingRecords: boolean;
}

/** The spools that report, or did: those that report least of late first. */
export async function listSpools(db: Database): Promise<SpoolRow[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, last_seen_at AS "lastSeenAt", open_requests AS "openRequests", unshipped,
      CASE WHEN lost_at IS NOT NULL THEN 'lost' WHEN closed_at IS NOT NULL THEN 'closed'
        WHEN silent_mark IS NOT NULL THEN 'silent' ELSE 'open' END AS state,
      EXISTS (SELECT FROM spool_watermark AS mark WHERE mark.spool_id = spool.id AND gap_since IS NOT NULL)
        AS "missingRecords"
    FROM spool ORDER BY last_seen_at LIMIT ${rowsMax}`;
  return rows.map((row) => ({ ...row, lastSeenAt: row.lastSeenAt.toISOString() }));
}
