import { reachTable } from 'virtual:permissions';
import type { Action, Reach, User } from '@aggregator/contracts';

const reaches: readonly Reach[] = ['none', 'own', 'team', 'organization', 'installation'];

/** Returns whether a person can do an action at all. The services decide; this only keeps dead ends out of the pages. */
export function can(user: User | undefined, action: Action): boolean {
  return reachOf(user, action) !== 'none';
}

export function reachOf(user: User | undefined, action: Action): Reach {
  if (user === undefined) return 'none';
  const row = reachTable[action];
  const own = row[user.role];
  const added = user.isOperator ? row.operator : 'none';
  return reaches.indexOf(added) > reaches.indexOf(own) ? added : own;
}
