import { AppError, type UpdateBudgetRequest } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { type Budget as BudgetRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { toSteps } from './create-budget.ts';
import { showBudgets } from './show-budgets.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;

/** Changes a budget; what is not given stays. Throws `not_found`, `precondition_failed`. */
export async function updateBudget(
  { database, now: clock }: Parts,
  caller: Caller,
  id: string,
  { amountNanoUsd, models, alertsAt, ...plain }: UpdateBudgetRequest,
): Promise<BudgetRow> {
  const now = clock();
  const { orgId: organizationId, userId } = caller.principal;
  return database.$transaction(async (transaction) => {
    const before = await findOwn(transaction, caller, id);
    if (before.level === 'end_user' && plain.period === 'total') {
      const message = 'A budget of end users needs a period that ends.';
      throw new AppError('invalid_value', { param: 'period', message });
    }
    const row = await transaction.budget.update({
      where: { id },
      data: {
        ...dropAbsent(plain),
        ...(amountNanoUsd !== undefined && { amount: BigInt(amountNanoUsd) }),
        ...(models !== undefined && { models: models ?? Prisma.DbNull }),
        ...(alertsAt !== undefined && { alertsAt: toSteps(alertsAt) }),
        ...{ changedById: userId, updatedAt: now },
      },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'budget_updated',
      subjectType: 'budget',
      subjectId: id,
      details: { before: describe(before), after: describe(row) },
    });
    return row;
  });
}

/** Deletes a budget: from now on it rejects nothing. Throws `not_found`, `precondition_failed`. */
export async function deleteBudget({ database, now: clock }: Parts, caller: Caller, id: string): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    const before = await findOwn(transaction, caller, id);
    await transaction.budget.delete({ where: { id } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'budget_deleted',
      subjectType: 'budget',
      subjectId: id,
      details: { before: describe(before) },
    });
  });
}

/** Returns the budget, for a caller that may change it, under the organisation's lock. */
async function findOwn(transaction: Transaction, caller: Caller, id: string): Promise<BudgetRow> {
  const { orgId: organizationId } = caller.principal;
  await lockOrganization(transaction, organizationId);
  await permitNow(transaction, caller, 'budgets.manage');
  const found = await transaction.budget.findFirst({ where: { id, organizationId } });
  if (found === null) throw new AppError('not_found');
  await requireMatch(caller.ifMatch, () => showOne(showBudgets(transaction, organizationId, [found])));
  return found;
}

function dropAbsent<Fields extends object>(fields: Fields): { [Name in keyof Fields]: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]: NonNullable<Fields[Name]>;
  };
}

/** One text, as the audit keeps it; the name may be personal. */
function describe({ level, subjectId, period, timeZone, amount, models, mode, alertsAt }: BudgetRow): string {
  return JSON.stringify({
    level,
    subjectId,
    period,
    timeZone,
    amountNanoUsd: amount.toString(),
    models,
    mode,
    alertsAt,
  });
}
