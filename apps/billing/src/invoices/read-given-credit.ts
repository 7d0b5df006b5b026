import type { Transaction } from '../database/open-database.ts';
import { idsOf } from './ids-of-month.ts';
import type { LedgerLine } from './line-sums.ts';
import type { Month } from './month-bounds.ts';

interface Slice {
  count: number;
  last: string | null;
  drawn: bigint | null;
}

/**
 * Returns the line, below zero, of credit that was given and is spent; none without such credit. The draws of the
 * organisation in the month are read in portions, by an index of draws alone.
 */
export async function readGivenCredit(
  db: Transaction,
  orgId: string,
  month: Pick<Month, 'from' | 'to'>,
  portion: number,
): Promise<LedgerLine[]> {
  const account = await db.account.findFirst({ where: { orgId, kind: 'promotional' } });
  if (account === null) return [];
  const { after, to } = idsOf(month);
  let amount = 0n;
  for (let last: string | null = after; last !== null; ) {
    const [slice]: Slice[] = await db.$queryRaw<Slice[]>`
      WITH slice AS MATERIALIZED (
        SELECT id, amount, time FROM transfer
        WHERE debit_account = ${account.id}::uuid AND reason = 'promotional_drawn'
          AND id > ${last}::uuid AND id < ${to}::uuid ORDER BY id LIMIT ${portion}
      )
      SELECT count(*)::int AS count, max(id::text) AS last,
        sum(amount) FILTER (WHERE time >= ${month.from}::timestamptz AND time < ${month.to}::timestamptz)::bigint AS drawn
      FROM slice`;
    amount -= slice?.drawn ?? 0n;
    last = slice === undefined || slice.count < portion ? null : slice.last;
  }
  if (amount === 0n) return [];
  return [{ subject: null, description: 'Credit that was given and spent', requests: 0, amount }];
}
