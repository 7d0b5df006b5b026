import type { Database } from '../database/create-database.ts';

const sessionsPerSweepMax = 1000;

/** Deletes sessions that have expired, with their tokens, a bounded number at a time. Answers how many. */
export function sweepSessions(database: Database, now: Date): Promise<number> {
  return database.$executeRaw`
    DELETE FROM "session" WHERE "id" IN (
      SELECT "id" FROM "session" WHERE "expires_at" <= ${now} LIMIT ${sessionsPerSweepMax} FOR UPDATE SKIP LOCKED
    )`;
}

const sweepIntervalMs = 10 * 60 * 1000;

/** Sweeps every ten minutes until stopped. */
export function startSweeping(
  database: Database,
  now: () => Date,
  onError: (error: unknown) => void,
): { stop(): void } {
  const timer = setInterval(() => {
    sweepSessions(database, now()).catch(onError);
  }, sweepIntervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
