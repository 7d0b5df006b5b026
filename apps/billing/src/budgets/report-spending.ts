import type { BudgetSpending } from '@aggregator/contracts';
import { type Database, toJsonRows } from '../database/open-database.ts';
import { toLanguage } from '../notices/write-notice.ts';
import type { BudgetDirectory } from './budget-directory.ts';

interface Row {
  organizationId: string;
  budgetId: string;
  period: string;
  spent: bigint;
  language: unknown;
}

const pageMax = 200;
const pagesMax = 50;

/** Whether something is to be reported. */
export const unreportedSpending = 'SELECT FROM budget_period WHERE spent <> reported';

/** Reports to auth what is spent of budgets that were charged since the last report. Retries a rejected report. */
export async function reportSpending(database: Database, directory: BudgetDirectory): Promise<void> {
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await database.$queryRaw<Row[]>`
      SELECT org_id AS "organizationId", budget_id AS "budgetId", period, spent, body->>'language' AS language
      FROM budget_period LEFT JOIN billing_profile USING (org_id)
      WHERE spent <> reported ORDER BY updated_at LIMIT ${pageMax}`;
    if (rows.length === 0) return;
    const budgets: BudgetSpending['budgets'] = rows.map(({ spent, language, ...row }) => ({
      ...row,
      ...{ spentNanoUsd: spent.toString(), language: toLanguage(language) },
    }));
    await directory.report({ budgets });
    await database.$executeRaw`
      UPDATE budget_period AS present SET reported = row.spent
      FROM json_to_recordset(${toJsonRows(rows.map((row) => ({ ...row })))}::json)
        AS row ("budgetId" uuid, period text, spent bigint)
      WHERE present.budget_id = row."budgetId" AND present.period = row.period`;
    if (rows.length < pageMax) return;
  }
}
