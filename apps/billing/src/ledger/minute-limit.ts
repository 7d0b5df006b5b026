import type { Transaction } from '../database/open-database.ts';

/** A refusal that ends by itself. */
export interface MinuteLimit {
  /** Milliseconds until the next minute. */
  retryAfterMs: number;
}

/**
 * Takes from what the operator lets an organisation spend in one minute of the database's clock: `wantedNanoUsd`, or as much
 * as is left of the minute if that is `leastNanoUsd` at least. Returns the amount, or when to ask again. The organisation's
 * accounts must be locked.
 */
export async function takeOfMinute(
  tx: Transaction,
  orgId: string,
  amounts: { leastNanoUsd: bigint; wantedNanoUsd: bigint; maxNanoUsd: bigint },
): Promise<bigint | MinuteLimit> {
  const { leastNanoUsd, wantedNanoUsd, maxNanoUsd } = amounts;
  const [row] = await tx.$queryRaw<{ granted: bigint; retryAfterMs: number }[]>`
    SELECT coalesce((
        SELECT granted FROM minute_grant WHERE org_id = ${orgId}::uuid AND minute = date_trunc('minute', now())
      ), 0)::bigint AS granted,
      ceil(60000 - (extract(epoch FROM now() - date_trunc('minute', now())) * 1000))::int AS "retryAfterMs"`;
  if (row === undefined) throw new Error('the database has no time');
  const left = maxNanoUsd - row.granted;
  if (left < leastNanoUsd) return { retryAfterMs: row.retryAfterMs };
  const amountNanoUsd = wantedNanoUsd < left ? wantedNanoUsd : left;
  await tx.$executeRaw`
    INSERT INTO minute_grant (org_id, minute, granted)
    VALUES (${orgId}::uuid, date_trunc('minute', now()), ${amountNanoUsd}::bigint)
    ON CONFLICT (org_id) DO UPDATE SET minute = EXCLUDED.minute,
      granted = EXCLUDED.granted + CASE WHEN minute_grant.minute = EXCLUDED.minute THEN minute_grant.granted ELSE 0 END`;
  return amountNanoUsd;
}
