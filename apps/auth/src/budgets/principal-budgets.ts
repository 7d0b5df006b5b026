import {
  budgetLevel,
  budgetMode,
  budgetModels,
  budgetPeriod,
  budgetsPerRequestMax,
  type PrincipalBudget,
} from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';

export interface BudgetOwner {
  organizationId: string;
  userId: string;
  teamId: string | null;
  keyId: string | null;
}

const rows = z.array(
  z.object({
    ...{ id: z.uuid(), name: z.string(), level: budgetLevel, period: budgetPeriod, timeZone: z.string() },
    ...{ amount: z.bigint(), models: budgetModels.nullable(), mode: budgetMode },
  }),
);

/**
 * Returns the budgets that count the requests of a key, or of a user without one. What a key made, and what rotation put in
 * its place, counts in its budgets too: no key gets around them. Null if there are more than one request can count in.
 */
export async function readPrincipalBudgets(database: Database, owner: BudgetOwner): Promise<PrincipalBudget[] | null> {
  const { organizationId, userId, teamId, keyId } = owner;
  const found = await database.$queryRaw`
    WITH RECURSIVE "line" AS (
      SELECT "id", "created_by_key_id", "replaced_by_id" FROM "api_key" WHERE "id" = ${keyId}::uuid
      UNION
      SELECT "api_key"."id", "api_key"."created_by_key_id", "api_key"."replaced_by_id"
      FROM "api_key" JOIN "line" ON "api_key"."id" IN ("line"."created_by_key_id", "line"."replaced_by_id")
        OR "api_key"."replaced_by_id" = "line"."id"
    )
    SELECT "id", "name", "level", "period", "time_zone" AS "timeZone", "amount", "models", "mode" FROM "budget"
    WHERE "organization_id" = ${organizationId}::uuid AND (
      "level" = 'organization'
      OR ("level" = 'team' AND "subject_id" = ${teamId}::uuid)
      OR ("level" = 'user' AND "subject_id" = ${userId}::uuid)
      OR ("level" IN ('key', 'end_user') AND "subject_id" IN (SELECT "id" FROM "line"))
      OR ("level" = 'end_user' AND "subject_id" = "organization_id"))
    ORDER BY "id" LIMIT ${budgetsPerRequestMax + 1}`;
  const budgets = rows.parse(found);
  return budgets.length > budgetsPerRequestMax ? null : budgets.map(toPrincipalBudget);
}

function toPrincipalBudget({ amount, models, ...row }: z.infer<typeof rows>[number]): PrincipalBudget {
  return { ...row, limitNanoUsd: amount.toString(), ...(models !== null && { models }) };
}

/** What a verdict says of budgets. A caller with more than can be counted calls no models. */
export function withBudgets<Scopes extends string>(
  scopes: readonly Scopes[],
  budgets: PrincipalBudget[] | null,
): { scopes: Scopes[]; budgets?: PrincipalBudget[] } {
  if (budgets === null) return { scopes: scopes.filter((scope) => scope !== 'ai:invoke') };
  return { scopes: [...scopes], ...(budgets.length > 0 && { budgets }) };
}
