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
import { countsFor, keyLine, type Owner } from './counts-for.ts';

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
export async function readPrincipalBudgets(database: Database, owner: Owner): Promise<PrincipalBudget[] | null> {
  const { organizationId } = owner;
  const found = await database.$queryRaw`
    ${keyLine(owner)}
    SELECT "id", "name", "level", "period", "time_zone" AS "timeZone", "amount", "models", "mode" FROM "budget"
    WHERE "organization_id" = ${organizationId}::uuid AND (
      ${countsFor(owner)}
      OR ("level" = 'end_user' AND ("subject_id" = "organization_id" OR "subject_id" IN (SELECT "id" FROM "line"))))
    ORDER BY "id" LIMIT ${budgetsPerRequestMax + 1}`;
  const budgets = rows.parse(found);
  return budgets.length > budgetsPerRequestMax ? null : budgets.map(toPrincipalBudget);
}

function toPrincipalBudget({ amount, models, ...row }: z.infer<typeof rows>[number]): PrincipalBudget {
  return { ...row, limitNanoUsd: amount.toString(), ...(models !== null && { models }) };
}
