import { type limitList, limitQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Database } from '../database/create-database.ts';
import { toLimit } from './to-limit.ts';

const pageSize = 50;

/** Oldest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export async function listLimits(
  database: Database,
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
  const page = rows.slice(0, limit);
  return { data: page.map(toLimit), nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
