import type { Database } from '../database/open-database.ts';

/** Transfers of one step: far below what a statement may take. */
const sliceMax = 100_000;
/**
 * A younger transfer is not folded yet: one with a lower id may still be committed. Far above the longest transaction, and
 * above what the clocks of two instances may differ.
 */
const youngMinutes = 10;

/**
 * Adds the next transfers, in the order of their ids, to the sums of the earlier ones. Returns true if none is left
 * that is old enough. Two instances at once wait for one another.
 */
export async function foldNext(db: Database, limit = sliceMax): Promise<boolean> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM ledger_fold FOR UPDATE`;
    const [folded] = await tx.$queryRaw<{ count: bigint }[]>`
      WITH slice AS (
        SELECT id, debit_account, credit_account, amount, time FROM transfer
        WHERE id > (SELECT up_to FROM ledger_fold) ORDER BY id LIMIT ${limit}
      ), young AS (
        SELECT id FROM slice WHERE time > now() - ${youngMinutes} * interval '1 minute' ORDER BY id LIMIT 1
      ), old AS (
        SELECT * FROM slice WHERE NOT EXISTS (SELECT FROM young) OR id < (SELECT id FROM young)
      ), moved AS (
        SELECT debit_account AS id, -amount AS change FROM old UNION ALL SELECT credit_account, amount FROM old
      ), added AS (
        INSERT INTO ledger_fold_account AS present (account_id, folded)
        SELECT id, sum(change) FROM moved GROUP BY id ORDER BY id
        ON CONFLICT (account_id) DO UPDATE SET folded = present.folded + EXCLUDED.folded
      ), advanced AS (
        UPDATE ledger_fold SET up_to = (SELECT id FROM old ORDER BY id DESC LIMIT 1),
          transfers = transfers + (SELECT count(*) FROM old)
        WHERE EXISTS (SELECT FROM old)
      )
      SELECT count(*) AS count FROM old`;
    return Number(folded?.count ?? 0n) < limit;
  });
}

/** Forgets what was folded, so that all transfers are read again: a change of an old one is then found. */
export async function foldAnew(db: Database): Promise<void> {
  await db.$transaction([
    db.$executeRaw`
      UPDATE ledger_fold SET up_to = '00000000-0000-0000-0000-000000000000', transfers = 0, begun_at = now()`,
    db.$executeRaw`DELETE FROM ledger_fold_account`,
  ]);
}

/** True if all transfers were read again within so long. */
export async function isFoldYoung(db: Database, maxHours: number): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isYoung: boolean }[]>`
    SELECT begun_at > now() - ${maxHours} * interval '1 hour' AS "isYoung" FROM ledger_fold`;
  return row?.isYoung ?? false;
}
