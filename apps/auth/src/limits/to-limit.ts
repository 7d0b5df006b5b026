import { budgetModels, type Limit, limitLevel } from '@aggregator/contracts';
import type { UsageLimit as LimitRow } from '../generated/prisma/client.ts';

export function toLimit(row: LimitRow): Limit {
  return {
    id: row.id,
    name: row.name,
    level: limitLevel.parse(row.level),
    subjectId: row.subjectId,
    models: budgetModels.nullable().parse(row.models),
    requestsPerMinute: row.requestsPerMinute,
    tokensPerMinute: row.tokensPerMinute,
    concurrentRequests: row.concurrentRequests,
    changedBy: row.changedById,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
