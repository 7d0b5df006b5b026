import type { Transaction } from '../database/open-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { firstIdAt } from '../retention/months.ts';
import { idsOf } from './ids-of-month.ts';
import type { LineSums } from './line-sums.ts';
import type { Month } from './month-bounds.ts';

const { sql } = Prisma;

export interface DetailsQuestion {
  orgId: string;
  month: Pick<Month, 'from' | 'to'>;
  /** Of lines, as SQL over `charge`. */
  columns: { subject: Prisma.Sql; description: Prisma.Sql };
  /** What the organisation pays, for others too; else what its own requests cost. */
  isPayer: boolean;
  /** Rows that one statement reads. */
  portion: number;
}

interface Portion {
  count: number;
  /** Id of the last row. */
  last: string | null;
  /** Lines as JSON, amounts as text. */
  found: string | null;
  /** Organisations with lines of corrections. */
  correctedIds: string[] | null;
}

/** Adds charges of single requests, and then corrections of the organisations that have lines of some. */
export async function addDetails(db: Transaction, sums: LineSums, question: DetailsQuestion): Promise<void> {
  const { orgId, month, isPayer, portion } = question;
  const own = sql`org_id = ${orgId}::uuid`;
  const corrected = new Set<string>();
  // Each has an index in the order of ids.
  for (const owner of isPayer ? [sql`${own} AND payer_id IS NULL`, sql`payer_id = ${orgId}::uuid`] : [own]) {
    const { after: before, to } = idsOf(month);
    await readPortions(db, sums, question, {
      after: before,
      page: (after) => sql`
        SELECT id AS place, org_id, request_id, type FROM statement_line
        WHERE ${owner} AND id > ${after}::uuid AND id < ${to}::uuid AND ${isIn(month, sql`time`)}
        ORDER BY id LIMIT ${portion}`,
      moved: sql`
        SELECT request_id, amount, 1 AS requests FROM page JOIN transfer USING (request_id)
        WHERE type = 'charge' AND reason = 'charge'`,
      onPortion: ({ correctedIds }) => {
        for (const id of correctedIds ?? []) corrected.add(id);
      },
    });
  }
  if (corrected.size > 0) await addCorrections(db, sums, question, [...corrected]);
}

async function addCorrections(
  db: Transaction,
  sums: LineSums,
  question: DetailsQuestion,
  orgIds: readonly string[],
): Promise<void> {
  const { orgId, month, isPayer, portion } = question;
  const isOurs = isPayer ? sql`= ${orgId}::uuid` : sql`IS NOT NULL`;
  await readPortions(db, sums, question, {
    after: firstIdAt(new Date(0)),
    page: (after) => sql`
      SELECT request_id AS place, org_id, request_id, 'correction' AS type FROM usage_correction
      WHERE org_id = ANY (${orgIds}::uuid[]) AND request_id > ${after}::uuid ORDER BY request_id LIMIT ${portion}`,
    moved: sql`
      SELECT request_id, CASE WHEN debit.org_id IS NULL THEN -amount ELSE amount END AS amount, 0 AS requests
      FROM page JOIN transfer USING (request_id)
        JOIN account AS debit ON debit.id = debit_account JOIN account AS credit ON credit.id = credit_account
      WHERE reason = 'correction' AND (debit.org_id ${isOurs} OR credit.org_id ${isOurs})
        AND ${isIn(month, sql`transfer.time`)}`,
    onPortion: () => undefined,
  });
}

interface Source {
  /** Rows behind this id are read. */
  after: string;
  /** `place` (the id that orders them), `org_id`, `request_id` and `type` of the rows behind an id. */
  page: (after: string) => Prisma.Sql;
  /** `request_id`, `amount` and `requests` of transfers of the rows. */
  moved: Prisma.Sql;
  onPortion: (portion: Portion) => void;
}

/** Reads one portion after the other: neither memory nor the time of a statement grows with the requests. */
async function readPortions(
  db: Transaction,
  sums: LineSums,
  { columns, portion }: DetailsQuestion,
  { after, page, moved, onPortion }: Source,
): Promise<void> {
  for (let last: string | null = after; last !== null; ) {
    const [row]: Portion[] = await db.$queryRaw<Portion[]>`
      WITH page AS MATERIALIZED (${page(last)}), moved AS (${moved}), found AS (
        SELECT ${columns.subject} AS subject, ${columns.description} AS description,
          count(DISTINCT moved.request_id) FILTER (WHERE requests = 1) AS requests, sum(moved.amount)::text AS amount
        FROM moved JOIN charge ON charge.request_id = moved.request_id
        GROUP BY 1, 2
      )
      SELECT (SELECT count(*)::int FROM page) AS count, (SELECT max(place::text) FROM page) AS last,
        (SELECT json_agg(found)::text FROM found) AS found,
        (SELECT array_agg(DISTINCT org_id::text) FROM page WHERE type = 'adjustment') AS "correctedIds"`;
    if (row === undefined) throw new Error('a portion has no answer');
    const lines = JSON.parse(row.found ?? '[]') as {
      subject: string | null;
      description: string;
      requests: number;
      amount: string;
    }[];
    sums.add(lines.map((line) => ({ ...line, amount: BigInt(line.amount) })));
    onPortion(row);
    last = row.count < portion ? null : row.last;
  }
}

const isIn = ({ from, to }: Pick<Month, 'from' | 'to'>, time: Prisma.Sql) =>
  sql`${time} >= ${from}::timestamptz AND ${time} < ${to}::timestamptz`;
