import type { Member, MemberRole, Team, User } from '@aggregator/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listQuery } from '../../api/lists.ts';
import { can } from '../../api/permissions.ts';

export const membersQuery = listQuery<Member>('members', '/v1/auth/organization/members', { limit: '100' });
export const teamsQuery = listQuery<Team>('teams', '/v1/auth/organization/teams', { limit: '100' });

const roles: readonly MemberRole[] = ['owner', 'admin', 'billing', 'developer', 'viewer'];

/** Returns the roles that a person can give: only an owner makes an owner, and a program has no power over people. */
export function rolesFor(user: User | undefined, isServiceAccount = false): MemberRole[] {
  if (isServiceAccount) return roles.filter((role) => role !== 'owner' && role !== 'admin');
  return roles.filter((role) => role !== 'owner' || can(user, 'owners.manage'));
}

/** Rows of a list that have been read, for a choice of few. */
export function useRows<Row>(query: ReturnType<typeof listQuery<Row>>): Row[] {
  return useInfiniteQuery(query).data?.pages.flatMap(({ data }) => data) ?? [];
}
