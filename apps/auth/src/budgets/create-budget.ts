import { AppError, type BudgetLevel, type CreateBudgetRequest } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { type Budget as BudgetRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { requireOwnSubject } from './require-own-subject.ts';

const budgetsMax = 5000;
/** A request counts in all of them at once, so there are few. */
const subjectBudgetsMax = 3;

/**
 * Creates a budget, which counts from now on. Throws `not_found` for a subject that is not of the organisation, and `conflict`
 * if the subject or the organisation has too many.
 */
export async function createBudget(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  request: CreateBudgetRequest,
): Promise<BudgetRow> {
  const now = clock();
  const { orgId: organizationId, userId } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'budgets.manage');
    const subjectId = await readSubject(transaction, organizationId, request);
    await refuseTooManyBudgets(transaction, organizationId, request.level, subjectId);
    const { name, level, period, timeZone, mode, alertsAt, models } = request;
    const row = await transaction.budget.create({
      data: {
        ...{ id: createUuidV7(now.getTime()), organizationId, name, level, subjectId, period, timeZone, mode },
        ...{ alertsAt: toSteps(alertsAt), amount: BigInt(request.amountNanoUsd), models: models ?? Prisma.DbNull },
        ...{ changedById: userId, createdAt: now, updatedAt: now },
      },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'budget_created',
      subjectType: 'budget',
      subjectId: row.id,
      details: { level, of: subjectId, period, amountNanoUsd: request.amountNanoUsd, mode },
    });
    return row;
  });
}

/** Each percent once, in growing order. */
export function toSteps(alertsAt: readonly number[]): number[] {
  return [...new Set(alertsAt)].sort((one, other) => one - other);
}

async function readSubject(
  transaction: Transaction,
  organizationId: string,
  { level, subjectId, period }: CreateBudgetRequest,
): Promise<string> {
  const id = subjectId?.toLowerCase() ?? organizationId;
  if (level === 'end_user' && period === 'total') {
    const message = 'A budget of end users needs a period that ends.';
    throw new AppError('invalid_value', { param: 'period', message });
  }
  await requireOwnSubject(transaction, organizationId, level, id);
  return id;
}

/** Throws `conflict` if the subject or the organisation, which must be locked, has too many budgets. */
export async function refuseTooManyBudgets(
  transaction: Transaction,
  organizationId: string,
  level: BudgetLevel,
  subjectId: string,
): Promise<void> {
  if ((await transaction.budget.count({ where: { organizationId } })) >= budgetsMax) {
    throw new AppError('conflict', { message: `The organisation has ${budgetsMax} budgets, which is the most.` });
  }
  if ((await transaction.budget.count({ where: { organizationId, level, subjectId } })) >= subjectBudgetsMax) {
    const message = `There are ${subjectBudgetsMax} budgets for this already, which is the most. Change one of them.`;
    throw new AppError('conflict', { param: 'subjectId', message });
  }
}
