import type { Transaction } from '../database/open-database.ts';

/** What transfers change each account by, in nano-USD. */
export type Changes = ReadonlyMap<string, bigint>;

/**
 * Sums the transfers that are not folded yet, by account, and counts all that ever were. A statement reads so many of them as a
 * portion has. The caller's transaction must see one moment.
 */
export async function readRecentChanges(
  tx: Transaction,
  portion: number,
): Promise<{ changes: Changes; transfers: number }> {
  const [fold] = await tx.$queryRaw<{ upTo: string; transfers: bigint }[]>`
    SELECT up_to AS "upTo", transfers FROM ledger_fold`;
  if (fold === undefined) throw new Error('the ledger has no fold');
  const changes = new Map<string, bigint>();
  let transfers = Number(fold.transfers);
  for (let last: string | null = fold.upTo; last !== null; ) {
    const slice: Slice = await readSlice(tx, last, portion);
    for (const { id, change } of slice.moved ?? []) changes.set(id, (changes.get(id) ?? 0n) + BigInt(change));
    transfers += Number(slice.count);
    last = Number(slice.count) < portion ? null : slice.last;
  }
  return { changes, transfers };
}

interface Slice {
  count: bigint;
  last: string | null;
  /** By account; the change as text, since JSON numbers are not exact. */
  moved: { id: string; change: string }[] | null;
}

async function readSlice(tx: Transaction, after: string, portion: number): Promise<Slice> {
  const [slice] = await tx.$queryRaw<Slice[]>`
    WITH slice AS MATERIALIZED (
      SELECT id, debit_account, credit_account, amount FROM transfer WHERE id > ${after}::uuid ORDER BY id LIMIT ${portion}
    ), moved AS (
      SELECT debit_account AS id, -amount AS change FROM slice UNION ALL SELECT credit_account, amount FROM slice
    ), summed AS (
      SELECT id, sum(change)::text AS change FROM moved GROUP BY id
    )
    SELECT (SELECT count(*) FROM slice) AS count, (SELECT id FROM slice ORDER BY id DESC LIMIT 1) AS last,
      (SELECT json_agg(summed) FROM summed) AS moved`;
  return slice ?? { count: 0n, last: null, moved: null };
}
