import { noId } from '../../api/keys.ts';
import type { Grouping, Period, UsageOnly } from '../../api/usage.ts';
import { formatUtcDay, formatUtcTime } from '../../format/time.ts';
import { usePreferences } from '../../i18n/preferences.tsx';

export const groupings: readonly Grouping[] = [
  'model',
  'provider',
  'key',
  'user',
  'team',
  'tag',
  'day',
  'hour',
  'minute',
];

/** True if usage can be grouped by minute: of one day, and not of a team or a tag. */
export const hasMinutes = (period: Period, narrowed: readonly Narrowed[]): boolean =>
  period === '24h' && !narrowed.some(({ by }) => by === 'team' || by === 'tag');

/** What a table is narrowed to: a group of a grouping; of a tag, also its key. */
export interface Narrowed {
  readonly by: Grouping;
  readonly group: string;
  /** Of a user, key or team. */
  readonly name?: string | undefined;
  readonly tagKey?: string;
}

/** Returns the query that leaves only one group; null for times, which the period is for, and for what has no tag. */
export function filterOf({ by, group, tagKey }: Narrowed): UsageOnly | null {
  if (by === 'team') return { teamId: group };
  if (by === 'tag') return group === '' || tagKey === undefined ? null : { tagKey, tagValue: group };
  if (by === 'model' || by === 'provider') return { [by]: group };
  if (by === 'key') return { keyId: group };
  return by === 'user' ? { userId: group } : null;
}

/** Returns what to group by when one group is looked into: the first that says something new. */
export function nextGrouping(taken: readonly Grouping[]): Grouping {
  return (['key', 'user', 'model', 'day'] as const).find((by) => !taken.includes(by)) ?? 'day';
}

/** Returns how a group is called. A time is of UTC, as the sums are. */
export function useGroupNames(): (by: Grouping, group: Pick<Narrowed, 'group' | 'name'>) => string {
  const { language } = usePreferences();
  return (by, { group, name }) => {
    if (group === '' || group === noId) return '–';
    if (by === 'day') return formatUtcDay(group, language);
    return by === 'hour' || by === 'minute' ? formatUtcTime(group, language) : (name ?? group);
  };
}
