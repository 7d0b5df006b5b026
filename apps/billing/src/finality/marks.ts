import type { Transaction } from '../database/open-database.ts';

/**
 * Returns the next mark: larger than every mark before. Commit something in the same transaction if another process learns
 * the mark, else a crash of the database may issue it again.
 */
export async function issueMark(db: Transaction): Promise<bigint> {
  const [row] = await db.$queryRaw<{ mark: bigint }[]>`SELECT nextval('spool_mark') AS mark`;
  if (row === undefined) throw new Error('the database issued no mark');
  return row.mark;
}
