import { eachApart } from '../background/each-apart.ts';
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

/** Has a row if spending is not yet reported. */
export const unreportedSpending = 'SELECT FROM budget_period WHERE spent <> reported';

/**
 * Reports to auth what is spent of budgets that were charged since the last report. Retries a rejected report. A rejected page is
 * reported again budget by budget, so that a budget that is always rejected delays no other.
 * @param onError is called with a budget that is rejected alone
 * @throws what rejected a page if each of its budgets is rejected too
 */
export async function reportSpending(
  database: Database,
  directory: Pick<BudgetDirectory, 'report'>,
  onError: (orgId: string, error: unknown) => void,
): Promise<void> {
  const rows = await database.$queryRaw<Row[]>`
    SELECT org_id AS "organizationId", budget_id AS "budgetId", period, spent, body->>'language' AS language
    FROM budget_period LEFT JOIN billing_profile USING (org_id)
    WHERE spent <> reported ORDER BY random() LIMIT ${pageMax * pagesMax}`;
  for (let start = 0; start < rows.length; start += pageMax) {
    const page = rows.slice(start, start + pageMax);
    try {
      await reportPage(database, directory, page);
    } catch (error) {
      const apart = (row: Row) => reportPage(database, directory, [row]);
      const done = await eachApart(page, apart, ({ organizationId }, cause) => onError(organizationId, cause));
      if (done === 0) throw error;
    }
  }
}

async function reportPage(
  database: Database,
  directory: Pick<BudgetDirectory, 'report'>,
  rows: readonly Row[],
): Promise<void> {
  const budgets = rows.map(({ spent, language, ...row }) => ({
    ...row,
    ...{ spentNanoUsd: spent.toString(), language: toLanguage(language) },
  }));
  await directory.report({ budgets });
  await database.$executeRaw`
    UPDATE budget_period AS present SET reported = row.spent
    FROM json_to_recordset(${toJsonRows(rows.map((row) => ({ ...row })))}::json)
      AS row ("budgetId" uuid, period text, spent bigint)
    WHERE present.budget_id = row."budgetId" AND present.period = row.period`;
}
