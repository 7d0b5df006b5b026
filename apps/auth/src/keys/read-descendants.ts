import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

const rows = z.array(z.object({ id: z.uuid() }));

/**
 * Returns the ids of the keys that some keys made, that those made, and so on. A key that rotation put in another's place
 * counts as the maker of what the other one made. Those that are not revoked come first, then those revoked last: a message to the
 * gateways has room for all that can be in use.
 */
export async function readDescendants(transaction: Transaction, keyIds: readonly string[]): Promise<string[]> {
  const found = await transaction.$queryRaw`
    WITH RECURSIVE "same" AS (
      SELECT "id" FROM "api_key" WHERE "id" = ANY(${[...keyIds]}::uuid[])
      UNION
      SELECT "api_key"."id" FROM "api_key" JOIN "same" ON "api_key"."replaced_by_id" = "same"."id"
    ), "made" AS (
      SELECT "id" FROM "api_key" WHERE "created_by_key_id" IN (SELECT "id" FROM "same")
      UNION
      SELECT "api_key"."id" FROM "api_key" JOIN "made" ON "api_key"."created_by_key_id" = "made"."id"
    )
    SELECT "api_key"."id" FROM "api_key" JOIN "made" ON "made"."id" = "api_key"."id"
    WHERE "api_key"."id" NOT IN (SELECT "id" FROM "same")
    ORDER BY "api_key"."revoked_at" DESC NULLS FIRST`;
  return rows.parse(found).map(({ id }) => id);
}
