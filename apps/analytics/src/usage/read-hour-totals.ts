import type { HourTotals } from '@aggregator/contracts';
import type { Database } from '../database/create-database.ts';

const pageMax = 2000;

/**
 * One page of what each organisation was charged for each model in one hour, in the order of both.
 * @param after `<organisation> <model>`: the last row of the page before.
 */
export async function readHourTotals(db: Database, hour: Date, after: string | undefined): Promise<HourTotals> {
  const orgId = after?.slice(0, 36) ?? '00000000-0000-0000-0000-000000000000';
  const model = after?.slice(37) ?? '';
  const rows = await db.$queryRaw<{ orgId: string; model: string; amount: string }[]>`
    SELECT org_id AS "orgId", model, sum(amount_nano_usd)::text AS amount FROM usage_rollup
    WHERE hour = ${hour}::timestamptz AND (org_id, model COLLATE "C") > (${orgId}::uuid, ${model} COLLATE "C")
    GROUP BY org_id, model ORDER BY org_id, model COLLATE "C" LIMIT ${pageMax}`;
  const last = rows.at(-1);
  return {
    rows: rows.map(({ amount, ...row }) => ({ ...row, amountNanoUsd: amount })),
    next: rows.length < pageMax || last === undefined ? null : `${last.orgId} ${last.model}`,
  };
}
