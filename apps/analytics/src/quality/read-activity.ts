import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { UsageRange } from '../usage/read-range.ts';
import { splitRange } from '../usage/split-range.ts';

/** Returns how many users and API keys of an organisation made a request. */
export async function readActivity(
  database: Database,
  { orgId, ...range }: UsageRange & { orgId: string },
): Promise<{ activeUsers: number; activeKeys: number }> {
  const parts = splitRange(range, 'all').map(({ step, from, to }) =>
    step === 'day'
      ? Prisma.sql`SELECT DISTINCT user_id, key_id FROM usage_day
          WHERE org_id = ${orgId}::uuid AND day >= ${from} AND day < ${to}`
      : Prisma.sql`SELECT DISTINCT user_id, key_id FROM usage_rollup
          WHERE org_id = ${orgId}::uuid AND hour >= ${from} AND hour < ${to}`,
  );
  const [row] = await database.$queryRaw<{ users: number; keys: number }[]>`
    SELECT count(DISTINCT user_id)::int AS users, count(DISTINCT key_id)::int AS keys
    FROM (${Prisma.join(parts, ' UNION ALL ')}) AS active`;
  return { activeUsers: row?.users ?? 0, activeKeys: row?.keys ?? 0 };
}
