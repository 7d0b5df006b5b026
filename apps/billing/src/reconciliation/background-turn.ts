import type { Transaction } from '../database/open-database.ts';

/**
 * Takes, or keeps, the turn of a task that one instance at a time does. Two instances may overlap after a pause of one of
 * them, so the task itself must be safe; the turn only saves work. Returns false while another instance has it.
 */
export async function takeTurn(db: Transaction, name: string, holder: string, ttlMs: number): Promise<boolean> {
  const taken = await db.$executeRaw`
    INSERT INTO background_turn (name, holder, until)
    VALUES (${name}, ${holder}::uuid, now() + ${ttlMs} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
    WHERE background_turn.until < now() OR background_turn.holder = EXCLUDED.holder`;
  return taken === 1;
}

/** Notes what came of the task, for all instances. */
export async function finishTurn(db: Transaction, name: string, result: unknown): Promise<void> {
  await db.$executeRaw`
    UPDATE background_turn SET finished_at = now(), result = ${JSON.stringify(result)}::jsonb WHERE name = ${name}`;
}

/** What came of the task the last time, and how long ago that was; null where it was never finished. */
export async function readTurn(db: Transaction, name: string): Promise<{ result: unknown; ageMs: number } | null> {
  const [row] = await db.$queryRaw<{ result: unknown; ageMs: number }[]>`
    SELECT result, (extract(epoch FROM now() - finished_at) * 1000)::float8 AS "ageMs"
    FROM background_turn WHERE name = ${name} AND finished_at IS NOT NULL`;
  return row ?? null;
}
