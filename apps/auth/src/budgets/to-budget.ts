import {
  type Budget,
  type BudgetLevel,
  budgetLevel,
  budgetMode,
  budgetModels,
  budgetPeriod,
} from '@aggregator/contracts';
import type { Budget as BudgetRow } from '../generated/prisma/client.ts';

export function toBudget(row: BudgetRow): Budget {
  return {
    ...{ id: row.id, name: row.name, subjectId: row.subjectId, timeZone: row.timeZone, alertsAt: row.alertsAt },
    level: readLevel(row),
    period: budgetPeriod.parse(row.period),
    amountNanoUsd: row.amount.toString(),
    models: budgetModels.nullable().parse(row.models),
    mode: budgetMode.parse(row.mode),
    changedBy: row.changedById,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function readLevel({ level }: Pick<BudgetRow, 'level'>): BudgetLevel {
  return budgetLevel.parse(level);
}
