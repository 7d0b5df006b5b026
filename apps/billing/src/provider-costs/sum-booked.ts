import type { Database } from '../database/open-database.ts';

const hourMs = 3_600_000;
const hours = 24;

/** Nano-USD that requests of one day cost us at a provider: failed attempts and corrections included. One statement for each hour. */
export async function sumBooked(db: Database, provider: string, day: Date): Promise<bigint> {
  let total = 0n;
  for (let hour = 0; hour < hours; hour += 1) {
    const from = new Date(day.getTime() + hour * hourMs);
    total += await sumRange(db, provider, from, new Date(from.getTime() + hourMs));
  }
  return total;
}

async function sumRange(db: Database, provider: string, from: Date, to: Date): Promise<bigint> {
  const [row] = await db.$queryRaw<{ total: string }[]>`
    SELECT coalesce(sum(spent.own + CASE WHEN provider = ${provider}
      THEN coalesce(cost, 0) + coalesce(cost_difference, 0) - spent.every ELSE 0 END), 0)::text AS total
    FROM charge
      LEFT JOIN usage_correction AS correction
        ON correction.request_id = charge.request_id AND correction.state = 'posted'
      CROSS JOIN LATERAL (
        SELECT coalesce(sum((attempt -> 'spent' ->> 'costNanoUsd')::bigint), 0) AS every,
          coalesce(sum((attempt -> 'spent' ->> 'costNanoUsd')::bigint)
            FILTER (WHERE attempt ->> 'provider' = ${provider}), 0) AS own
        FROM jsonb_array_elements(coalesce(attempts, '[]')) AS attempt
      ) AS spent
    WHERE time >= ${from}::timestamptz AND time < ${to}::timestamptz`;
  return BigInt(row?.total ?? 0);
}
