import { type CountedBudget, countedBudget } from '@aggregator/contracts';
import { z } from 'zod';
import type { UsageCharge } from '../charges/usage-charge.ts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

/** A change of what a request costs, in the budgets that count it. */
export interface CountedCharge {
  orgId: string;
  budgets: readonly CountedBudget[];
  /** Below zero if a correction gives back. */
  amountNanoUsd: bigint;
  /** The counter store has held for it, so it is part of what was allotted. */
  isAtStore: boolean;
}

/** Counts settled charges. @param heldIds requests that the ledger itself held for, not the counter store. */
export function countCharges(
  tx: Transaction,
  charges: readonly UsageCharge[],
  heldIds: ReadonlySet<string>,
): Promise<void> {
  return countInBudgets(
    tx,
    charges.flatMap(({ event, amountNanoUsd }) =>
      event.budgets == null || event.budgets.length === 0
        ? []
        : [
            {
              ...{ orgId: event.orgId, budgets: event.budgets, amountNanoUsd },
              isAtStore: !heldIds.has(event.requestId),
            },
          ],
    ),
  );
}

/** Reads the budgets of a stored charge. */
export function readBudgets(json: unknown): readonly CountedBudget[] {
  return z.array(countedBudget).nullable().parse(json) ?? [];
}

interface Sum {
  orgId: string;
  budgetId: string;
  period: string;
  spent: bigint;
  /** What was not held from allotted room is allotted now, so that the rest of the limit is right. */
  allotted: bigint;
}

/** One row for each budget and period, in the order in which everybody locks them. */
export async function countInBudgets(tx: Transaction, charges: readonly CountedCharge[]): Promise<void> {
  const sums = new Map<string, Sum>();
  for (const { orgId, budgets, amountNanoUsd, isAtStore } of charges) {
    for (const { id, period, isHeld } of budgets) {
      const budgetId = id.toLowerCase();
      const name = `${orgId}:${budgetId}:${period}`;
      const sum = sums.get(name) ?? { orgId, budgetId, period, spent: 0n, allotted: 0n };
      sum.spent += amountNanoUsd;
      if (amountNanoUsd > 0n && !(isHeld && isAtStore)) sum.allotted += amountNanoUsd;
      sums.set(name, sum);
    }
  }
  if (sums.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO budget_period AS present (org_id, budget_id, period, spent, allotted)
    SELECT "orgId", "budgetId", period, spent, allotted
    FROM json_to_recordset(${toJsonRows([...sums.values()].map((sum) => ({ ...sum })))}::json) AS row (
      "orgId" uuid, "budgetId" uuid, period text, spent bigint, allotted bigint)
    ORDER BY "budgetId", period COLLATE "C"
    ON CONFLICT (budget_id, period) DO UPDATE SET spent = present.spent + EXCLUDED.spent,
      allotted = present.allotted + EXCLUDED.allotted, updated_at = now()
    WHERE present.org_id = EXCLUDED.org_id`;
}
