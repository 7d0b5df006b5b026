import type { Connection } from '@aggregator/database';

/** A day is one of the time zone in the profile of who pays, as invoices are. */
const dayOf = (time: string, orgId: string) => `(${time} AT TIME ZONE 'UTC' + coalesce(
  (SELECT shift FROM payer_zones JOIN zone_shifts USING (zone)
   WHERE payer_zones.org_id = ${orgId} AND since <= ${time} ORDER BY since DESC LIMIT 1), interval '0'))::date`;

const columns =
  'month, org_id, payer_id, day, user_id, key_id, team_id, provider, model, requests, free_requests, charged, paid, cost';

/** Writes the totals of days, once: their rows never change. */
export const sumHoursSql = `
  INSERT INTO charge_day (${columns})
  SELECT month, org_id, payer_id, day, user_id, key_id, team_id, provider, model,
    sum(requests), sum(free_requests), sum(charged), sum(paid), sum(cost)
  FROM hourly_totals GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;

/**
 * Adds the requests of a range of ids to `hourly_totals`. What the platform bore is in `charged` and not in `paid`. A correction
 * counts on the day on which it was posted.
 */
export async function addTotals(
  client: Connection,
  month: string,
  ids: readonly [from: string, to: string],
): Promise<void> {
  await client.query(
    `WITH slice AS MATERIALIZED (
       SELECT charge.request_id, charge.org_id, user_id, key_id, team_id, provider, model, amount, cost, posted_at,
         cost_difference, correction.request_id IS NOT NULL AS is_corrected
       FROM charge
         LEFT JOIN usage_correction AS correction ON correction.request_id = charge.request_id AND state = 'posted'
       WHERE charge.request_id >= $2 AND charge.request_id < $3
     ), found AS (
       SELECT slice.org_id, payer_id, coalesce(line.time, posted_at) AS at, user_id, key_id, team_id, provider, model,
         (moved IS NOT NULL)::int AS requests, (moved IS NULL)::int AS free_requests, slice.amount AS charged,
         coalesce(moved, 0) AS paid, coalesce(cost, 0) + coalesce(cost_difference, 0) AS cost
       FROM slice
         LEFT JOIN statement_line AS line ON line.request_id = slice.request_id
         LEFT JOIN LATERAL (
           SELECT sum(transfer.amount) AS moved FROM transfer
           WHERE transfer.request_id = slice.request_id AND reason = 'charge'
         ) AS moves ON true
       UNION ALL
       SELECT slice.org_id, nullif(coalesce(debit.org_id, credit.org_id), slice.org_id), transfer.time, user_id, key_id, team_id, provider, model, 0, 0, 0,
         CASE WHEN debit.org_id IS NULL THEN -transfer.amount ELSE transfer.amount END, 0
       FROM slice JOIN transfer ON transfer.request_id = slice.request_id AND reason = 'correction'
         JOIN account AS debit ON debit.id = debit_account JOIN account AS credit ON credit.id = credit_account
       WHERE is_corrected AND (debit.org_id IS NOT NULL OR credit.org_id IS NOT NULL)
     )
     INSERT INTO hourly_totals (${columns})
     SELECT $1, org_id, payer_id, ${dayOf('at', 'coalesce(payer_id, found.org_id)')}, user_id, key_id, team_id, provider, model,
       sum(requests), sum(free_requests), sum(charged), sum(paid), sum(cost)
     FROM found GROUP BY 2, 3, 4, 5, 6, 7, 8, 9`,
    [month, ...ids],
  );
}

/** The line of a statement that replaces those of one day: it has the id and the time of the last of them. */
export const dayLinesSql = `
  CREATE TEMPORARY TABLE compacted_lines ON COMMIT DROP AS
  SELECT max(id::text)::uuid AS id, org_id, payer_id, max(time) AS time, 'charges_of_day' AS type,
    sum(amount)::bigint AS amount, count(*) || ' requests of ' || day AS description
  FROM (
    SELECT *, ${dayOf('time', 'coalesce(payer_id, statement_line.org_id)')} AS day FROM statement_line
    WHERE request_id >= $1 AND request_id < $2
  ) AS line
  GROUP BY org_id, payer_id, day`;

/** All requests of a compacted month, and what they were charged in nano-USD. */
export async function sumTotals(client: Connection, month: string): Promise<{ requests: string; charged: string }> {
  const { rows } = await client.query<{ requests: string; charged: string }>(
    `SELECT coalesce(sum(requests + free_requests), 0)::text AS requests, coalesce(sum(charged), 0)::text AS charged
     FROM charge_day WHERE month = $1`,
    [month],
  );
  return rows[0] ?? { requests: '0', charged: '0' };
}

/** SHA-256 (hex) of the totals of a month: of the hashes of its rows, in the order of the rows' keys. */
export async function readTotalsHash(client: Connection, month: string): Promise<string> {
  const { rows } = await client.query<{ hash: string }>(
    `SELECT encode(sha256(coalesce(string_agg(sha256(convert_to(charge_day::text, 'UTF8')), ''::bytea
       ORDER BY org_id, day, payer_id, user_id, key_id, team_id, provider COLLATE "C", model COLLATE "C"), ''::bytea)), 'hex') AS hash
     FROM charge_day WHERE month = $1`,
    [month],
  );
  return rows[0]?.hash ?? '';
}
