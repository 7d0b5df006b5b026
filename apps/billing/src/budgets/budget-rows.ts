import { nameSubject } from '@aggregator/budgets';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

/** One period of a budget, as the ledger and the counter store name it. */
export interface BudgetSubject {
  budgetId: string;
  period: string;
}

/** In nano-USD. */
export interface BudgetRow extends BudgetSubject {
  orgId: string;
  allotted: bigint;
  spent: bigint;
  held: bigint;
  returned: bigint;
  revision: bigint;
}

/** What is spent, held or allotted: no more than the rest of the limit may be given out. */
export function usedOf({ allotted, spent, held }: Pick<BudgetRow, 'allotted' | 'spent' | 'held'>): bigint {
  return (allotted > spent ? allotted : spent) + held;
}

/**
 * Locks the rows of these periods, and makes those that are not there. A budget of another organisation is left out: its id
 * is of no use to its sender. Every transaction locks them in this order, behind the accounts.
 */
export async function lockBudgets(
  tx: Transaction,
  orgId: string,
  subjects: readonly (BudgetSubject & { endsAt?: string | null })[],
): Promise<Map<string, BudgetRow>> {
  const rows = toJsonRows(subjects.map(({ budgetId, period, endsAt = null }) => ({ budgetId, period, endsAt })));
  await tx.$executeRaw`
    INSERT INTO budget_period (org_id, budget_id, period, ends_at)
    SELECT ${orgId}::uuid, "budgetId", period, "endsAt"
    FROM json_to_recordset(${rows}::json) AS row ("budgetId" uuid, period text, "endsAt" timestamptz)
    ORDER BY "budgetId", period COLLATE "C" ON CONFLICT DO NOTHING`;
  const locked = await tx.$queryRaw<BudgetRow[]>`
    SELECT org_id AS "orgId", budget_id AS "budgetId", present.period, allotted, spent, held, returned, revision
    FROM budget_period AS present
    JOIN json_to_recordset(${rows}::json) AS row ("budgetId" uuid, period text)
      ON present.budget_id = row."budgetId" AND present.period = row.period
    WHERE org_id = ${orgId}::uuid ORDER BY budget_id, present.period COLLATE "C" FOR UPDATE OF present`;
  return new Map(locked.map((row) => [nameSubject(row), row]));
}

/** Adds to the ledger held amounts of a locked row; below zero it takes from them. */
export async function addHeld(tx: Transaction, { budgetId, period }: BudgetSubject, nanoUsd: bigint): Promise<void> {
  await tx.$executeRaw`
    UPDATE budget_period SET held = held + ${nanoUsd}::bigint, updated_at = now()
    WHERE budget_id = ${budgetId}::uuid AND period = ${period}`;
}
