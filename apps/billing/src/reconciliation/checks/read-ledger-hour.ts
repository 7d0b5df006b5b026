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

/** So that no statement takes longer than it may. */
const sliceMs = 600_000;
const slices = 6;

/** Reads one hour, by the time of the requests; keyed by `<organisation> <model>`. */
export async function readLedgerHour(db: Database, hour: Date): Promise<Map<string, LedgerHour>> {
  const hours = new Map<string, LedgerHour>();
  for (let slice = 0; slice < slices; slice += 1) {
    const from = new Date(hour.getTime() + slice * sliceMs);
    for (const { orgId, model, ...row } of await readSlice(db, from, new Date(from.getTime() + sliceMs))) {
      const sum = hours.get(`${orgId} ${model}`) ?? { charged: 0n, corrected: 0n, moved: 0n, lined: 0n };
      sum.charged += BigInt(row.charged);
      sum.corrected += BigInt(row.corrected);
      sum.moved += BigInt(row.moved);
      sum.lined += BigInt(row.lined);
      hours.set(`${orgId} ${model}`, sum);
    }
  }
  return hours;
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
