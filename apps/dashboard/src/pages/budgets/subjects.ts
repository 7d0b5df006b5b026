import type { Budget } from '@aggregator/contracts';
import { keysQuery, useKeyNames } from '../../api/keys.ts';
import { membersQuery, teamsQuery, useRows } from '../team/members.ts';

export const levels = ['organization', 'team', 'user', 'key'] as const;
export type Level = (typeof levels)[number];

/** Returns what a budget can be of, at each level below the organisation. */
export function useSubjects(level: Level): { id: string; name: string }[] {
  const teams = useRows(teamsQuery);
  const members = useRows(membersQuery).map(({ userId, name }) => ({ id: userId, name }));
  const keys = useRows(keysQuery).filter(({ revokedAt }) => revokedAt === null);
  if (level === 'organization') return [];
  return level === 'team' ? teams : level === 'user' ? members : keys;
}

/** Returns how the subject of a budget is called; undefined for the organisation, and for what is not known. */
export function useSubjectNames(): (budget: Pick<Budget, 'level' | 'subjectId'>) => string | undefined {
  const teams = useRows(teamsQuery);
  const members = useRows(membersQuery);
  const keyName = useKeyNames();
  return ({ level, subjectId }) => {
    if (level === 'team') return teams.find(({ id }) => id === subjectId)?.name;
    if (level === 'user') return members.find(({ userId }) => userId === subjectId)?.name;
    return level === 'key' ? keyName(subjectId) : undefined;
  };
}
