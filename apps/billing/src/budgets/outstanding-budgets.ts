import type { Transaction } from '../database/open-database.ts';
import type { BudgetRow } from './budget-rows.ts';

/** A period that was allotted more than is spent. */
export interface OutstandingBudget extends BudgetRow {
  /** The mark before which no request counted in it. */
  since: bigint;
  /** Milliseconds since its last grant. */
  grantedAgoMs: number;
}

export interface BudgetCursor {
  budgetId: string;
  period: string;
}

export const firstBudget: BudgetCursor = { budgetId: '00000000-0000-0000-0000-000000000000', period: '' };

/** Has a row if a budget may need a comparison. */
export const outstandingBudgets = 'SELECT FROM budget_period WHERE allotted > spent';

/** One page of those that have not ended, behind `cursor`. */
export function readOutstanding(db: Transaction, cursor: BudgetCursor, limit: number): Promise<OutstandingBudget[]> {
  return db.$queryRaw<OutstandingBudget[]>`
    SELECT org_id AS "orgId", budget_id AS "budgetId", period, allotted, spent, held, returned, revision,
      since_mark AS since, (extract(epoch FROM now() - coalesce(granted_at, updated_at)) * 1000)::float8 AS "grantedAgoMs"
    FROM budget_period
    WHERE allotted > spent AND (ends_at IS NULL OR ends_at > now() - interval '1 hour')
      AND (budget_id, period COLLATE "C") > (${cursor.budgetId}::uuid, ${cursor.period} COLLATE "C")
    ORDER BY budget_id, period COLLATE "C" LIMIT ${limit}`;
}
