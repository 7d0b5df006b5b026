import type { Database } from '../database/open-database.ts';

const keptDays = 100;
const batchMax = 5000;

/** Forgets what end users spent in periods of long ago: their names are many, and other budgets keep the sums. */
export async function forgetEndUsers(database: Database): Promise<void> {
  await database.$executeRaw`
    DELETE FROM budget_period WHERE (budget_id, period) IN (
      SELECT budget_id, period FROM budget_period
      WHERE updated_at < now() - ${keptDays} * interval '1 day' AND strpos(period, '/') > 0 AND held = 0
      LIMIT ${batchMax})`;
}
