import type { Database } from '../database/create-database.ts';
import type { UsageRange } from '../usage/read-range.ts';

/** Returns how many users and API keys of an organisation made a request. */
export async function readActivity(
  database: Database,
  { orgId, from, to }: UsageRange & { orgId: string },
): Promise<{ activeUsers: number; activeKeys: number }> {
  const [row] = await database.$queryRaw<{ users: number; keys: number }[]>`
    SELECT count(DISTINCT user_id)::int AS users, count(DISTINCT key_id)::int AS keys FROM usage_rollup
    WHERE org_id = ${orgId}::uuid AND hour >= ${from} AND hour < ${to}`;
  return { activeUsers: row?.users ?? 0, activeKeys: row?.keys ?? 0 };
}
