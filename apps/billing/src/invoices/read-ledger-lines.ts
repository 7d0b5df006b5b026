import type { StatementBy } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { Month } from './month-bounds.ts';

/** What lines of charges stand for. */
const columns: Readonly<Record<StatementBy, { subject: Prisma.Sql; description: Prisma.Sql }>> = {
  model: { subject: Prisma.sql`NULL::text`, description: Prisma.sql`model || ' (' || provider || ')'` },
  user: { subject: Prisma.sql`user_id::text`, description: Prisma.sql`'Requests of a user'` },
  key: {
    subject: Prisma.sql`key_id::text`,
    description: Prisma.sql`CASE WHEN key_id IS NULL THEN 'Requests without an API key' ELSE 'Requests of an API key' END`,
  },
};

/** What an organisation paid for one model, user or key, or for a subscription, in a month. */
export interface LedgerLine {
  /** Id of the user or of the key; null for a line of neither. */
  subject: string | null;
  description: string;
  requests: number;
  /** Nano-USD; below zero if corrections returned more than was charged. */
  amount: bigint;
}

/**
 * What an organisation really paid in a month, by model, user or key: transfers of charges and of corrections between its accounts and
 * `revenue`. What the platform bore is not in it. Then fees of subscriptions, and, below zero, credit that was given and is spent.
 * The sum is what the organisation paid by its own money, to the nano.
 */
export async function readLedgerLines(
  tx: Transaction,
  orgId: string,
  month: Pick<Month, 'from' | 'to'>,
  by: StatementBy = 'model',
): Promise<LedgerLine[]> {
  const { from, to } = month;
  const { subject, description } = columns[by];
  const rows = await tx.$queryRaw<{ subject: string | null; description: string; requests: bigint; amount: bigint }[]>`
    WITH due AS (
      SELECT request_id FROM statement_line
      WHERE org_id = ${orgId}::uuid AND type = 'charge'
        AND time >= ${from}::timestamptz AND time < ${to}::timestamptz
    ), moved AS (
      SELECT due.request_id, amount, 1 AS requests FROM due JOIN transfer USING (request_id)
      WHERE reason = 'charge'
      UNION ALL
      SELECT transfer.request_id, CASE WHEN debit.org_id IS NULL THEN -amount ELSE amount END, 0
      FROM usage_correction JOIN transfer USING (request_id)
      JOIN account AS debit ON debit.id = debit_account JOIN account AS credit ON credit.id = credit_account
      WHERE usage_correction.org_id = ${orgId}::uuid AND reason = 'correction'
        AND (debit.org_id IS NOT NULL OR credit.org_id IS NOT NULL)
        AND transfer.time >= ${from}::timestamptz AND transfer.time < ${to}::timestamptz
    )
    SELECT ${subject} AS subject, ${description} AS description,
      count(DISTINCT moved.request_id) FILTER (WHERE requests = 1) AS requests, sum(moved.amount)::bigint AS amount
    FROM moved JOIN charge ON charge.request_id = moved.request_id
    GROUP BY 1, 2 HAVING sum(moved.amount) <> 0
    ORDER BY sum(moved.amount) DESC, 2, 1`;
  const others = await tx.$queryRaw<{ description: string; amount: bigint }[]>`
    SELECT description, -sum(amount)::bigint AS amount FROM statement_line
    WHERE org_id = ${orgId}::uuid AND type = 'subscription_fee'
      AND time >= ${from}::timestamptz AND time < ${to}::timestamptz
    GROUP BY description HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'Credit that was given and spent', -sum(amount)::bigint FROM transfer
    JOIN account ON account.id = debit_account
    WHERE account.org_id = ${orgId}::uuid AND kind = 'promotional' AND reason = 'promotional_drawn'
      AND transfer.time >= ${from}::timestamptz AND transfer.time < ${to}::timestamptz
    HAVING sum(amount) <> 0
    ORDER BY 1`;
  return [...rows, ...others.map((row) => ({ ...row, subject: null, requests: 0n }))].map((row) => ({
    ...row,
    requests: Number(row.requests),
  }));
}
