import { AppError, type UsageTotals } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { nilId } from '../rollups/fold-usage.ts';
import { groupsMax, readGroups, type UsageFilter, type UsageGrouping } from './read-groups.ts';
import { add, type GroupRow, nothing, type Sums, subtract, toTotals } from './usage-sums.ts';

export interface GroupedUsage {
  totals: UsageTotals;
  series: (UsageTotals & { group: string })[];
}

/**
 * What an organisation used, summed exactly, and the same by group. Throws `service_unavailable` where the database does
 * not answer, `invalid_value` where there are more groups than an answer may hold.
 */
export async function readUsage(
  database: Transaction,
  filter: UsageFilter,
  groupBy: UsageGrouping,
): Promise<GroupedUsage> {
  const rows = await readRows(database, filter, groupBy).catch((cause: unknown) => {
    throw cause instanceof AppError
      ? cause
      : new AppError('service_unavailable', { internal: 'rollups', cause, retryAfterMs: 1000 });
  });
  if (rows.length > groupsMax) {
    throw new AppError('invalid_value', {
      param: 'groupBy',
      message: `The answer would have more than ${groupsMax} groups. Ask for a shorter range or another grouping.`,
    });
  }
  rows.sort((a, b) => (a.group < b.group ? -1 : 1));
  return {
    totals: toTotals(rows.reduce<Sums>(add, nothing)),
    series: rows.map(({ group, ...sums }) => ({ ...toTotals(sums), group })),
  };
}

/** Groups of a team or a tag are in the rows of teams and tags; requests without one are the rest of all. */
async function readRows(database: Transaction, filter: UsageFilter, groupBy: UsageGrouping): Promise<GroupRow[]> {
  const { tagKey, tagValue, teamId } = filter.only ?? {};
  const isDetailed = groupBy === 'team' || groupBy === 'tag' || teamId !== undefined || tagValue !== undefined;
  if (groupBy === 'tag' || tagValue !== undefined) requireTagKey(tagKey);
  if (!isDetailed) return await readGroups(database, filter, groupBy, 'all');
  if (groupBy === 'minute') throw noDetailedMinutes();
  const detailed = await readGroups(database, filter, groupBy, 'detailed');
  if ((groupBy !== 'team' && groupBy !== 'tag') || teamId !== undefined || tagValue !== undefined) return detailed;
  return await addRest(database, filter, detailed, groupBy === 'team' ? nilId : '');
}

function requireTagKey(tagKey: string | undefined): void {
  if (tagKey !== undefined) return;
  throw new AppError('invalid_value', { param: 'tagKey', message: "'tagKey' must name the tag." });
}

function noDetailedMinutes(): AppError {
  const message = 'Minutes have no teams and no tags. Group by hour, or leave out the team and the tag.';
  return new AppError('invalid_value', { param: 'groupBy', message });
}

/** `detailed` with what has no row there, as a part of the group of `name`. */
async function addRest(
  database: Transaction,
  filter: UsageFilter,
  detailed: readonly GroupRow[],
  name: string,
): Promise<GroupRow[]> {
  const all = await readGroups(database, filter, 'all', 'all');
  const named = detailed.filter(({ group }) => group !== name);
  const rest = named.reduce<Sums>(subtract, all.reduce<Sums>(add, nothing));
  return rest.requests === 0n ? named : [...named, { ...rest, group: name }];
}
