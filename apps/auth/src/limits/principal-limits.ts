import { budgetModels, limitCounts, limitLevel, limitsPerRequestMax, type PrincipalLimit } from '@aggregator/contracts';
import { z } from 'zod';
import { countsFor, keyLine, type Owner } from '../budgets/counts-for.ts';
import type { Database } from '../database/create-database.ts';

const rows = z.array(
  limitCounts.extend({ id: z.uuid(), name: z.string(), level: limitLevel, models: budgetModels.nullable() }),
);

/**
 * Returns the limits that count the requests of a key, or of a user without one. Null if there are more than one request
 * can count in.
 */
export async function readPrincipalLimits(database: Database, owner: Owner): Promise<PrincipalLimit[] | null> {
  const found = await database.$queryRaw`
    ${keyLine(owner)}
    SELECT "id", "name", "level", "models", "requests_per_minute" AS "requestsPerMinute",
      "tokens_per_minute" AS "tokensPerMinute", "concurrent_requests" AS "concurrentRequests"
    FROM "usage_limit" WHERE "organization_id" = ${owner.organizationId}::uuid AND (${countsFor(owner)})
    ORDER BY "id" LIMIT ${limitsPerRequestMax + 1}`;
  const limits = rows.parse(found);
  return limits.length > limitsPerRequestMax ? null : limits.map(toPrincipalLimit);
}

function toPrincipalLimit({ models, ...row }: z.infer<typeof rows>[number]): PrincipalLimit {
  return { ...row, ...(models !== null && { models }) };
}
