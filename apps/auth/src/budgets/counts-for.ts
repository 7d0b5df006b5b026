import { Prisma } from '../generated/prisma/client.ts';

/** Whose requests are counted. */
export interface Owner {
  organizationId: string;
  userId: string;
  teamId: string | null;
  keyId: string | null;
}

/**
 * Returns the start of a statement: `line` names the key, the keys that made it, and those that rotation replaced. What a
 * key made, and what rotation put in its place, counts where the key counts: no key gets around a budget or a limit.
 */
export function keyLine({ keyId }: Owner): Prisma.Sql {
  return Prisma.sql`
    WITH RECURSIVE "line" AS (
      SELECT "id", "created_by_key_id", "replaced_by_id" FROM "api_key" WHERE "id" = ${keyId}::uuid
      UNION
      SELECT "api_key"."id", "api_key"."created_by_key_id", "api_key"."replaced_by_id"
      FROM "api_key" JOIN "line" ON "api_key"."id" IN ("line"."created_by_key_id", "line"."replaced_by_id")
        OR "api_key"."replaced_by_id" = "line"."id"
    )`;
}

/** Returns the condition on `level` and `subject_id` of a row that counts the owner's requests; needs `keyLine`. */
export function countsFor({ userId, teamId }: Owner): Prisma.Sql {
  return Prisma.sql`
    "level" = 'organization'
    OR ("level" = 'team' AND "subject_id" = ${teamId}::uuid)
    OR ("level" = 'user' AND "subject_id" = ${userId}::uuid)
    OR ("level" = 'key' AND "subject_id" IN (SELECT "id" FROM "line"))`;
}
