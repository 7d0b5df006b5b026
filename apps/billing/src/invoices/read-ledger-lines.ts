import { billingProfile, type StatementBy } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { dayOf, type Month } from './month-bounds.ts';

/** What lines of charges stand for; `tag`: values of one tag. */
export type StatementGrouping = { by: Exclude<StatementBy, 'tag'> } | { by: 'tag'; tag: string };
/** `invoice`: models, and the organisation that used them if another one pays. */
type LinesBy = StatementGrouping | { by: 'invoice' };

function columnsOf(orgId: string, grouping: LinesBy): { subject: Prisma.Sql; description: Prisma.Sql } {
  const { sql } = Prisma;
  const model = sql`model || ' (' || provider || ')'`;
  switch (grouping.by) {
    case 'model':
      return { subject: sql`NULL::text`, description: model };
    case 'invoice':
      return { subject: sql`nullif(charge.org_id, ${orgId}::uuid)::text`, description: model };
    case 'organization':
      return { subject: sql`charge.org_id::text`, description: sql`'Requests of an organization'` };
    case 'user':
      return { subject: sql`user_id::text`, description: sql`'Requests of a user'` };
    case 'key':
      return { subject: sql`key_id::text`, description: named(sql`key_id`, 'an API key') };
    case 'team':
      return { subject: sql`team_id::text`, description: named(sql`team_id`, 'a team') };
    case 'tag': {
      const value = sql`(charge.tags->>${grouping.tag}::text)`;
      return { subject: value, description: named(value, 'a value of the tag') };
    }
  }
}

const named = (column: Prisma.Sql, what: string) =>
  Prisma.sql`CASE WHEN ${column} IS NULL THEN ${`Requests without ${what}`} ELSE ${`Requests of ${what}`} END`;

/** What was paid for one model, user, key, team or value of a tag, or for a subscription, in a month. */
export interface LedgerLine {
  /** Id of the user, key, team or organisation, or the value of the tag; null for a line of none. */
  subject: string | null;
  description: string;
  requests: number;
  /** Nano-USD; below zero if corrections returned more than was charged. */
  amount: bigint;
}

/**
 * What was really paid in a month: transfers of charges and of corrections between accounts of organisations and `revenue`. What the
 * platform bore is not in it. Then fees of subscriptions, and, below zero, credit that was given and is spent. The sum is what was paid
 * by own money, to the nano. `invoice` and `organization` have what the organisation pays, for others too; every other grouping has what
 * its own requests cost, also if another one pays.
 */
export async function readLedgerLines(
  tx: Transaction,
  orgId: string,
  month: Pick<Month, 'from' | 'to'>,
  grouping: LinesBy,
): Promise<LedgerLine[]> {
  const { from, to } = month;
  const { subject, description } = columnsOf(orgId, grouping);
  const { sql } = Prisma;
  const profile = await tx.billingProfile.findUnique({ where: { orgId } });
  const timeZone = profile === null ? 'UTC' : billingProfile.parse(profile.body).timeZone;
  const isPayer = grouping.by === 'invoice' || grouping.by === 'organization';
  const ofLine = isPayer
    ? sql`(org_id = ${orgId}::uuid AND payer_id IS NULL OR payer_id = ${orgId}::uuid)`
    : sql`org_id = ${orgId}::uuid`;
  const ofAccount = isPayer ? sql`= ${orgId}::uuid` : sql`IS NOT NULL`;
  const rows = await tx.$queryRaw<{ subject: string | null; description: string; requests: bigint; amount: bigint }[]>`
    WITH line AS (
      SELECT org_id, request_id, type FROM statement_line
      WHERE ${ofLine} AND time >= ${from}::timestamptz AND time < ${to}::timestamptz
    ), moved AS (
      SELECT line.request_id, amount, 1 AS requests FROM line JOIN transfer USING (request_id)
      WHERE type = 'charge' AND reason = 'charge'
      UNION ALL
      SELECT transfer.request_id, CASE WHEN debit.org_id IS NULL THEN -amount ELSE amount END, 0
      FROM usage_correction JOIN transfer USING (request_id)
      JOIN account AS debit ON debit.id = debit_account JOIN account AS credit ON credit.id = credit_account
      WHERE usage_correction.org_id IN (SELECT org_id FROM line WHERE type = 'adjustment') AND reason = 'correction'
        AND (debit.org_id ${ofAccount} OR credit.org_id ${ofAccount})
        AND transfer.time >= ${from}::timestamptz AND transfer.time < ${to}::timestamptz
    ), detailed AS (
      SELECT ${subject} AS subject, ${description} AS description,
        count(DISTINCT moved.request_id) FILTER (WHERE requests = 1) AS requests, sum(moved.amount) AS amount
      FROM moved JOIN charge ON charge.request_id = moved.request_id
      GROUP BY 1, 2
    ), compacted AS (
      SELECT ${subject} AS subject, ${description} AS description, requests, paid AS amount
      FROM (SELECT *, NULL::jsonb AS tags FROM charge_day) AS charge
      WHERE ${ofLine} AND day >= ${dayOf(from, timeZone)}::date AND day < ${dayOf(to, timeZone)}::date
    )
    SELECT subject, description, sum(requests)::bigint AS requests, sum(amount)::bigint AS amount
    FROM (SELECT * FROM detailed UNION ALL SELECT * FROM compacted) AS found
    GROUP BY 1, 2 HAVING sum(amount) <> 0
    ORDER BY ${grouping.by === 'invoice' ? sql`subject NULLS FIRST,` : Prisma.empty} 4 DESC, 2, 1`;
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
