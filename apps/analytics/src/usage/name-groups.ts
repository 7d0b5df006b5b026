import type { DashboardAnswer } from '@aggregator/contracts';
import type { NameDirectory } from '@aggregator/service-kit';
import { nilId } from '../rollups/fold-usage.ts';
import type { GroupedUsage } from './read-usage.ts';

/** Groupings whose groups are ids. */
export const namedGroupings: ReadonlySet<DashboardAnswer['groupBy']> = new Set(['key', 'user', 'team']);

/** Returns the groups with the names of their users, API keys or teams. */
export async function nameGroups(
  names: NameDirectory,
  orgId: string,
  groupBy: DashboardAnswer['groupBy'],
  series: GroupedUsage['series'],
): Promise<DashboardAnswer['series']> {
  if (!namedGroupings.has(groupBy)) return series;
  const ids = series.map(({ group }) => group).filter((id) => id !== nilId);
  const nameOf = await names.find(orgId, ids);
  return series.map((row) => {
    const name = nameOf(row.group);
    return name === undefined ? row : { ...row, name };
  });
}
