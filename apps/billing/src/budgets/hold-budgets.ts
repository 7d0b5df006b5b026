import { nameSubject } from '@aggregator/budgets';
import type { LedgerHoldRequest } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/open-database.ts';
import { addHeld, type BudgetRow, type BudgetSubject, lockBudgets, usedOf } from './budget-rows.ts';

export type HoldBudgets = NonNullable<LedgerHoldRequest['budgets']>;

const written = z.array(z.object({ budgetId: z.string(), period: z.string() })).nullable();

export function toSubjects(budgets: HoldBudgets): BudgetSubject[] {
  return budgets.map(({ id, period }) => ({ budgetId: id.toLowerCase(), period }));
}

/** Reads the budgets of a stored hold. */
export function readSubjects(json: unknown): BudgetSubject[] {
  return written.parse(json) ?? [];
}

/**
 * Holds so much in every budget, or in none. Returns the first that does not cover it, or null. Room that the counter store
 * was allotted counts as used: while the store is away, how much of it is spent is unknown.
 */
export async function holdInBudgets(
  tx: Transaction,
  orgId: string,
  budgets: HoldBudgets,
  amountNanoUsd: bigint,
): Promise<BudgetRow | null> {
  if (budgets.length === 0 || amountNanoUsd === 0n) return null;
  const subjects = toSubjects(budgets);
  const rows = await lockBudgets(tx, orgId, subjects);
  for (const [index, { limitNanoUsd }] of budgets.entries()) {
    const subject = subjects[index];
    const row = subject && rows.get(nameSubject(subject));
    if (row === undefined) throw new Error('a budget of another organisation');
    if (usedOf(row) + amountNanoUsd > BigInt(limitNanoUsd)) return row;
  }
  for (const subject of subjects) await addHeld(tx, subject, amountNanoUsd);
  return null;
}

/** Ends what closed holds held; in the order in which everybody locks the rows. */
export async function unholdInBudgets(
  tx: Transaction,
  holds: readonly { budgets: readonly BudgetSubject[]; amountNanoUsd: bigint }[],
): Promise<void> {
  const sums = new Map<string, { subject: BudgetSubject; amountNanoUsd: bigint }>();
  for (const { budgets, amountNanoUsd } of holds) {
    for (const subject of budgets) {
      const name = nameSubject(subject);
      const before = sums.get(name)?.amountNanoUsd ?? 0n;
      sums.set(name, { subject, amountNanoUsd: before + amountNanoUsd });
    }
  }
  const names = [...sums.keys()].sort();
  for (const name of names) {
    const sum = sums.get(name);
    if (sum !== undefined) await addHeld(tx, sum.subject, -sum.amountNanoUsd);
  }
}
