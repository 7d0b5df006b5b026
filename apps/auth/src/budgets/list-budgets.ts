import { budgetQuery } from '@aggregator/contracts';
import { checkBody, type Page, pageSize, toPage } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { Transaction } from '../database/create-database.ts';
import type { Budget as BudgetRow } from '../generated/prisma/client.ts';

/** Oldest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export async function listBudgets(
  database: Transaction,
  organizationId: string,
  query: Request['query'],
): Promise<Page<BudgetRow>> {
  const { cursor, limit = pageSize, level, subjectId } = checkBody(budgetQuery, { ...query });
  const rows = await database.budget.findMany({
    where: {
      organizationId,
      ...(level !== undefined && { level }),
      ...(subjectId !== undefined && { subjectId }),
      ...(cursor !== undefined && { id: { gt: cursor } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ id }) => id);
}
