import { billingProfile, type StatementBy } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { addDetails, type DetailsQuestion } from './add-details.ts';
import { type LedgerLine, LineSums } from './line-sums.ts';
import { dayOf, type Month } from './month-bounds.ts';
import { readGivenCredit } from './read-given-credit.ts';

/** What lines of charges are grouped by; `tag`: values of one tag. */
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

/**
 * What was really paid in a month: transfers of charges and of corrections between accounts of organisations and `revenue`. What the
 * platform bore is not in it. Then fees of subscriptions, and, below zero, credit that was given and is spent. The sum is what was paid
 * by own money, to the nano. `invoice` and `organization` have what the organisation pays, for others too; every other grouping has what
 * its own requests cost, also if another one pays.
 * @param db needs to see no one moment: lines are only added, and a month that is compacted meanwhile is read again.
 */
export async function readLedgerLines(
  db: Transaction,
  orgId: string,
  month: Pick<Month, 'from' | 'to'>,
  grouping: LinesBy,
  portion = 20_000,
): Promise<LedgerLine[]> {
  const isPayer = grouping.by === 'invoice' || grouping.by === 'organization';
  const columns = columnsOf(orgId, grouping);
  for (;;) {
    const before = await countCompacted(db);
    const sums = new LineSums();
    await addDetails(db, sums, { orgId, month, columns, isPayer, portion });
    sums.add(await readCompacted(db, { orgId, month, columns, isPayer }));
    const others = [...(await readGivenCredit(db, orgId, month, portion)), ...(await readFees(db, orgId, month))];
    if ((await countCompacted(db)) === before) return [...sums.sorted(grouping.by === 'invoice'), ...others];
  }
}

/** Compaction replaces details of a month by its totals in one transaction. */
const countCompacted = (db: Transaction) => db.compactedMonth.count({ where: { state: 'compacted' } });

async function readCompacted(
  db: Transaction,
  { orgId, month, columns, isPayer }: Omit<DetailsQuestion, 'portion'>,
): Promise<LedgerLine[]> {
  const { sql } = Prisma;
  const profile = await db.billingProfile.findUnique({ where: { orgId } });
  const timeZone = profile === null ? 'UTC' : billingProfile.parse(profile.body).timeZone;
  const ofLine = isPayer
    ? sql`(org_id = ${orgId}::uuid AND payer_id IS NULL OR payer_id = ${orgId}::uuid)`
    : sql`org_id = ${orgId}::uuid`;
  const rows = await db.$queryRaw<(Omit<LedgerLine, 'requests'> & { requests: bigint })[]>`
    SELECT ${columns.subject} AS subject, ${columns.description} AS description,
      sum(requests)::bigint AS requests, sum(paid)::bigint AS amount
    FROM (SELECT *, NULL::jsonb AS tags FROM charge_day) AS charge
    WHERE ${ofLine} AND day >= ${dayOf(month.from, timeZone)}::date AND day < ${dayOf(month.to, timeZone)}::date
    GROUP BY 1, 2`;
  return rows.map((row) => ({ ...row, requests: Number(row.requests) }));
}

async function readFees(
  db: Transaction,
  orgId: string,
  { from, to }: Pick<Month, 'from' | 'to'>,
): Promise<LedgerLine[]> {
  const rows = await db.$queryRaw<{ description: string; amount: bigint }[]>`
    SELECT description, -sum(amount)::bigint AS amount FROM statement_line
    -- Of no request: months of requests are not read.
    WHERE org_id = ${orgId}::uuid AND type = 'subscription_fee' AND request_id IS NULL
      AND time >= ${from}::timestamptz AND time < ${to}::timestamptz
    GROUP BY description HAVING sum(amount) <> 0 ORDER BY 1`;
  return rows.map((row) => ({ ...row, subject: null, requests: 0 }));
}
