import type { Database } from '../../database/open-database.ts';
import type { Check } from '../check.ts';

const gapMinutes = 5;
const spoolsMax = 1000;

/** R4: records of a spool that are missing while later ones have arrived. Nothing says whose they are. */
export function createSpoolsCheck(database: Database): Check {
  return {
    ...{ kind: 'spools', intervalMs: 5 * 60_000 },
    async run() {
      const rows = await database.$queryRaw<{ spoolId: string; epoch: bigint; missing: bigint; maxSeen: bigint }[]>`
        SELECT spool_id AS "spoolId", epoch, contiguous + 1 AS missing, max_seen AS "maxSeen" FROM spool_watermark
        WHERE gap_since <= now() - ${gapMinutes} * interval '1 minute' ORDER BY spool_id, epoch LIMIT ${spoolsMax}`;
      return {
        found: rows.map(({ spoolId, epoch, missing, maxSeen }) => ({
          ...{ orgId: null, subject: `record ${missing} of spool ${spoolId.slice(0, 200)}, epoch ${epoch}` },
          details: { spoolId, epoch: `${epoch}`, firstMissing: `${missing}`, lastSeen: `${maxSeen}` },
        })),
        facts: { gaps: `${rows.length}` },
      };
    },
  };
}
