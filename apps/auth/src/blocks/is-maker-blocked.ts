import { z } from 'zod';
import type { Database } from '../database/create-database.ts';

const rows = z.tuple([z.object({ isBlocked: z.boolean() })]);

/**
 * True if the key that made a key, one that made that, or one that rotation put in their place is blocked. A block includes
 * all that the key has made.
 */
export async function isMakerBlocked(database: Database, createdByKeyId: string | null): Promise<boolean> {
  if (createdByKeyId === null) return false;
  const found = await database.$queryRaw`
    WITH RECURSIVE "maker" AS (
      SELECT "id", "created_by_key_id", "replaced_by_id", "blocked_at" FROM "api_key" WHERE "id" = ${createdByKeyId}::uuid
      UNION
      SELECT "api_key"."id", "api_key"."created_by_key_id", "api_key"."replaced_by_id", "api_key"."blocked_at"
      FROM "api_key" JOIN "maker" ON "api_key"."id" IN ("maker"."created_by_key_id", "maker"."replaced_by_id")
    )
    SELECT coalesce(bool_or("blocked_at" IS NOT NULL), false) AS "isBlocked" FROM "maker"`;
  return rows.parse(found)[0].isBlocked;
}
