import type { ShownBudget } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Budget as BudgetRow } from '../generated/prisma/client.ts';
import { readSubjectNames } from './subject-names.ts';
import { toBudget } from './to-budget.ts';

/** Returns budgets of one organisation as the API shows them, with the names of their subjects and of who changed them. */
export async function showBudgets(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly BudgetRow[],
): Promise<ShownBudget[]> {
  const namesOf = await readSubjectNames(database, organizationId, rows);
  return rows.map((row) => ({ ...toBudget(row), ...namesOf(row) }));
}
