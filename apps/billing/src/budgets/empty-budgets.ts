import type { AdmissionStore } from '@aggregator/admission';
import { nameSubject } from '@aggregator/budgets';
import { withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import { type BudgetCursor, firstBudget, readOutstanding } from './outstanding-budgets.ts';

const pageMax = 500;
const deadlineMs = 2000;

/**
 * Takes away the room of all budgets at a store that has lost data: a replica that lagged knows nothing of what was held
 * last. The ledger gives it back like everything that is not at the store.
 */
export async function emptyBudgets(db: Database, admission: AdmissionStore): Promise<void> {
  for (let cursor: BudgetCursor = firstBudget; ; ) {
    const page = await readOutstanding(db, cursor, pageMax);
    const byOrganization = Map.groupBy(page, ({ orgId }) => orgId);
    const emptied = [...byOrganization].map(([orgId, rows]) =>
      admission.budgets.empty({ orgId, subjects: rows.map(nameSubject) }),
    );
    await withDeadline(Promise.all(emptied), deadlineMs, 'emptying budgets of an earlier epoch');
    const last = page.at(-1);
    if (last === undefined || page.length < pageMax) return;
    cursor = last;
  }
}
