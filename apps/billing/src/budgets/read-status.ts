import type { AdmissionStore } from '@aggregator/admission';
import { endUserPeriod, forecastSpending, nameSubject, windowAt } from '@aggregator/budgets';
import type { Budget, BudgetStatus } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { withDeadline } from '@aggregator/service-kit';
import { type Database, toJsonRows } from '../database/open-database.ts';
import { storeDeadlineMs } from '../leases/store-epoch.ts';

interface Row {
  budgetId: string;
  allotted: bigint;
  spent: bigint;
  held: bigint;
}

/**
 * Returns the use of an organisation's budgets in their present periods. One for end users has no use, unless `endUser`
 * says which of them is meant.
 */
export async function readStatus(
  { database, admission }: { database: Database; admission: AdmissionStore },
  orgId: string,
  budgets: readonly Budget[],
  nowMs: number,
  endUser?: string,
): Promise<BudgetStatus[]> {
  if (budgets.length === 0) return [];
  const periods = budgets.map((budget) => {
    const window = windowAt(budget.period, budget.timeZone, nowMs);
    const isOfOne = budget.level === 'end_user' && endUser !== undefined;
    return { budget, window, period: isOfOne ? endUserPeriod(window.key, budget.id, endUser) : window.key };
  });
  const keys = periods.map(({ budget, period }) => ({ budgetId: budget.id, period }));
  const rows = await database.$queryRaw<Row[]>`
    SELECT budget_id AS "budgetId", allotted, spent, held FROM budget_period AS present
    JOIN json_to_recordset(${toJsonRows(keys)}::json) AS row ("budgetId" uuid, period text)
      ON present.budget_id = row."budgetId" AND present.period = row.period
    WHERE org_id = ${orgId}::uuid`;
  const byId = new Map(rows.map((row) => [row.budgetId, row]));
  return Promise.all(
    periods.map(async ({ budget, window, period }) => {
      const row = byId.get(budget.id) ?? { budgetId: budget.id, allotted: 0n, spent: 0n, held: 0n };
      const room = await readRoom(admission, orgId, nameSubject({ budgetId: budget.id, period }), row);
      const forecast = forecastSpending(window, row.spent, nowMs);
      return {
        ...budget,
        periodKey: window.key,
        periodStart: toText(window.startsMs),
        periodEnd: toText(window.endsMs),
        spentNanoUsd: formatNanoUsd(row.spent),
        heldNanoUsd: room === null ? null : formatNanoUsd(heldOf(row, room)),
        forecastNanoUsd: forecast === null ? null : formatNanoUsd(forecast),
      };
    }),
  );
}

/** All that was allotted and is neither free nor spent. */
function heldOf({ allotted, spent, held }: Row, room: bigint): bigint {
  const outstanding = allotted - spent - room;
  return held + (outstanding > 0n ? outstanding : 0n);
}

/** Null if the counter store does not answer: what is spent is known all the same. */
async function readRoom(
  admission: AdmissionStore,
  orgId: string,
  subject: string,
  { allotted, spent }: Row,
): Promise<bigint | null> {
  if (allotted <= spent) return 0n;
  try {
    const reading = admission.budgets.read({ orgId, subject });
    return (await withDeadline(reading, storeDeadlineMs, 'reading room of a budget')).roomNanoUsd;
  } catch {
    return null;
  }
}

function toText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
