import { useInfiniteQuery } from '@tanstack/react-query';
import { useKeyNames } from '../../api/keys.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import type { Grouping, UsageOnly } from '../../api/usage.ts';
import { formatUtcDay, formatUtcTime } from '../../format/time.ts';
import { usePreferences } from '../../i18n/preferences.tsx';
import { membersQuery, teamsQuery } from '../team/members.ts';

export const groupings: readonly Grouping[] = ['model', 'provider', 'key', 'user', 'team', 'tag', 'day', 'hour'];

/** What a table is narrowed to: a group of a grouping; of a tag, also its key. */
export interface Narrowed {
  readonly by: Grouping;
  readonly group: string;
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

/** Requests of keys without a team have this id. */
const noTeam = '00000000-0000-0000-0000-000000000000';

/** Returns how a group is called. A time is of UTC, as the sums are. */
export function useGroupNames(): (by: Grouping, group: string) => string {
  const { language } = usePreferences();
  const user = useProfile();
  const keyName = useKeyNames();
  const members = useInfiniteQuery({ ...membersQuery, enabled: can(user, 'members.read') });
  const names = new Map(members.data?.pages.flatMap(({ data }) => data.map(({ userId, name }) => [userId, name])));
  const read = useInfiniteQuery({ ...teamsQuery, enabled: can(user, 'teams.read') });
  const teams = new Map(read.data?.pages.flatMap(({ data }) => data.map(({ id, name }) => [id, name])));
  return (by, group) => {
    if (by === 'key') return keyName(group);
    if (by === 'team') return group === noTeam ? '–' : (teams.get(group) ?? group);
    if (by === 'tag') return group === '' ? '–' : group;
    if (by === 'user') return names.get(group) ?? group;
    if (by === 'day') return formatUtcDay(group, language);
    return by === 'hour' ? formatUtcTime(group, language) : group;
  };
}
