import type { Database } from '../../database/open-database.ts';

/** What the ledger has of an hour for one organisation and model, in nano-USD. */
export interface LedgerHour {
  charged: bigint;
  /** By the provider's later records. */
  corrected: bigint;
  /** By transfers of the charges. */
  moved: bigint;
  /** By statement lines of the charges. */
  lined: bigint;
}

interface Row extends Record<keyof LedgerHour, string> {
  orgId: string;
  model: string;
}

const hourMs = 3_600_000;
/** Charges of one statement, so that none takes longer than it may. */
const portionMax = 50_000;

/**
 * Reads one hour, by the time of the requests; keyed by `<organisation> <model>`.
 * @param portion charges of one statement; more only where one millisecond has more.
 */
export async function readLedgerHour(db: Database, hour: Date, portion = portionMax): Promise<Map<string, LedgerHour>> {
  const hours = new Map<string, LedgerHour>();
  const spans: [fromMs: number, toMs: number][] = [[hour.getTime(), hour.getTime() + hourMs]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [fromMs, toMs] = span;
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    if (toMs - fromMs > 1 && (await hasMore(db, from, to, portion))) {
      const middleMs = Math.floor((fromMs + toMs) / 2);
      spans.push([middleMs, toMs], [fromMs, middleMs]);
    } else addTo(hours, await readSlice(db, from, to));
  }
  return hours;
}

/** Returns true if the span has more charges than a portion; it counts no further. */
async function hasMore(db: Database, from: Date, to: Date, portion: number): Promise<boolean> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM (
      SELECT FROM charge WHERE time >= ${from}::timestamptz AND time < ${to}::timestamptz LIMIT ${portion + 1}
    ) AS counted`;
  return Number(row?.count ?? 0n) > portion;
}

function addTo(hours: Map<string, LedgerHour>, rows: readonly Row[]): void {
  for (const { orgId, model, ...row } of rows) {
    const sum = hours.get(`${orgId} ${model}`) ?? { charged: 0n, corrected: 0n, moved: 0n, lined: 0n };
    sum.charged += BigInt(row.charged);
    sum.corrected += BigInt(row.corrected);
    sum.moved += BigInt(row.moved);
    sum.lined += BigInt(row.lined);
    hours.set(`${orgId} ${model}`, sum);
  }
}

function readSlice(db: Database, from: Date, to: Date): Promise<Row[]> {
  return db.$queryRaw<Row[]>`
    WITH slice AS MATERIALIZED (
      SELECT request_id, org_id, model, amount FROM charge
      WHERE time >= ${from}::timestamptz AND time < ${to}::timestamptz
    )
    SELECT slice.org_id AS "orgId", model, sum(slice.amount)::text AS charged,
      coalesce(sum(difference), 0)::text AS corrected, coalesce(sum(moved), 0)::text AS moved,
      -- What no organisation pays has no line.
      coalesce(sum(-line.amount), 0)::text AS lined
    FROM slice
      LEFT JOIN usage_correction AS correction ON correction.request_id = slice.request_id AND correction.state = 'posted'
      LEFT JOIN statement_line AS line ON line.request_id = slice.request_id AND line.type = 'charge'
      CROSS JOIN LATERAL (
        SELECT sum(amount) AS moved FROM transfer
        WHERE transfer.request_id = slice.request_id AND reason IN ('charge', 'charge_overrun')
      ) AS transfers
    GROUP BY slice.org_id, model`;
}
