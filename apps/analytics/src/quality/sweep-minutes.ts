import type { Database } from '../database/create-database.ts';

const minutesKeptMs = 48 * 3_600_000;
const perSweepMax = 50_000;
const intervalMs = 60_000;

/** Deletes minutes that are older than two days. Returns how many. */
export async function sweepMinutes(database: Database, nowMs: number): Promise<number> {
  const before = new Date(nowMs - minutesKeptMs);
  const quality = await database.$executeRaw`
    DELETE FROM usage_quality WHERE ctid IN (
      SELECT ctid FROM usage_quality WHERE step = 'minute' AND start < ${before} LIMIT ${perSweepMax}
    )`;
  const usage = await database.$executeRaw`
    DELETE FROM usage_minute WHERE ctid IN (
      SELECT ctid FROM usage_minute WHERE minute < ${before} LIMIT ${perSweepMax}
    )`;
  return quality + usage;
}

/** Sweeps every minute until stopped. */
export function startSweeping(
  database: Database,
  now: () => number,
  onError: (error: unknown) => void,
): { stop(): void } {
  const timer = setInterval(() => sweepMinutes(database, now()).catch(onError), intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
