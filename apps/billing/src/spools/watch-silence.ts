import type { Database } from '../database/open-database.ts';

/** A proxy reports every few seconds; after so long its node, its volume or its network is gone. */
const silenceMs = 10 * 60_000;
/** Spools that closed properly, or were declared lost, are forgotten after so long. */
const forgetDays = 30;

/** Has a row if `findSilentSpools` changes or counts one. */
export const spoolsToWatch = `
  SELECT FROM spool WHERE closed_at IS NULL AND lost_at IS NULL
    AND (silent_mark IS NOT NULL OR last_seen_at <= now() - ${silenceMs} * interval '1 millisecond')
  UNION ALL SELECT FROM spool WHERE coalesce(closed_at, lost_at) < now() - ${forgetDays} * interval '1 day'`;

/** Marks spools that have fallen silent with something open, and returns how many are silent. */
export async function findSilentSpools(db: Database, ageMs: number = silenceMs): Promise<number> {
  await db.$executeRaw`
    UPDATE spool SET silent_mark = nextval('spool_mark')
    WHERE closed_at IS NULL AND lost_at IS NULL AND silent_mark IS NULL
      AND last_seen_at <= now() - ${ageMs} * interval '1 millisecond'`;
  await db.$executeRaw`
    DELETE FROM spool WHERE coalesce(closed_at, lost_at) < now() - ${forgetDays} * interval '1 day'`;
  const [count] = await db.$queryRaw<{ silent: bigint }[]>`
    SELECT count(*) AS silent FROM spool WHERE silent_mark IS NOT NULL AND closed_at IS NULL AND lost_at IS NULL`;
  return Number(count?.silent ?? 0n);
}
