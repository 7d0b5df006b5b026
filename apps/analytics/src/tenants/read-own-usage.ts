import { AppError } from '@aggregator/contracts';
import type { AnalyticsContext } from '../context.ts';
import type { UsageFilter, UsageGrouping } from '../usage/read-groups.ts';
import { type GroupedUsage, readUsage } from '../usage/read-usage.ts';

/** `readUsage` as the organisation of the filter: PostgreSQL shows it no row of another one. Throws the same errors. */
export async function readOwnUsage(
  { readAsTenant }: Pick<AnalyticsContext, 'readAsTenant'>,
  filter: UsageFilter,
  groupBy: UsageGrouping,
): Promise<GroupedUsage> {
  try {
    return await readAsTenant(filter.orgId, (database) => readUsage(database, filter, groupBy));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('service_unavailable', { internal: 'rollups', cause, retryAfterMs: 1000 });
  }
}
