import { type limitList, limitQuery } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { showLimits } from './show-limits.ts';

/** Oldest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export async function listLimits(
  database: Transaction,
  organizationId: string,
  query: Request['query'],
): Promise<z.infer<typeof limitList>> {
  const { cursor, limit = pageSize, level, subjectId } = checkBody(limitQuery, { ...query });
  const rows = await database.usageLimit.findMany({
    where: {
      organizationId,
      ...(level !== undefined && { level }),
      ...(subjectId !== undefined && { subjectId }),
      ...(cursor !== undefined && { id: { gt: cursor } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  const page = toPage(rows, limit, ({ id }) => id);
  return { ...page, data: await showLimits(database, organizationId, page.data) };
}
