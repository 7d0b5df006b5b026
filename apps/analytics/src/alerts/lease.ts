import type { Database } from '../database/create-database.ts';

/** Longer than a few rounds: a process that is slow keeps it. */
const leaseSeconds = 60;

/**
 * Takes or keeps the right to write alerts, for a minute. Returns false while another process has it. A row, and no lock of
 * a session, since poolers give a session to many.
 */
export async function takeLease(database: Database, holder: string): Promise<boolean> {
  const taken = await database.$executeRaw`
    INSERT INTO alert_lease (id, holder, until)
    VALUES (1, ${holder}::uuid, now() + ${leaseSeconds}::int * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE alert_lease.holder = excluded.holder OR alert_lease.until < now()`;
  return taken === 1;
}

/** Gives the right back, so that another process need not wait for its end. */
export async function releaseLease(database: Database, holder: string): Promise<void> {
  await database.$executeRaw`DELETE FROM alert_lease WHERE holder = ${holder}::uuid`;
}
