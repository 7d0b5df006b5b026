import { type MemberRole, type PermissionRole, type Reach, reachOf } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';

/** What a user, or a service account, is in one organisation. */
export interface Standing {
  readonly organizationId: string;
  readonly userId: string;
  readonly role: MemberRole;
  readonly isOperator: boolean;
  readonly teamIds: readonly string[];
  /** Teams that it leads; all of them are in `teamIds`. */
  readonly ledTeamIds: readonly string[];
}

/** Returns the standing now; null if the user is no member of the organisation. */
export async function readStanding(
  database: Database | Transaction,
  organizationId: string,
  userId: string,
): Promise<Standing | null> {
  const row = await database.membership.findUnique({
    where: { organizationId_userId: { organizationId, userId } },
    select: {
      role: true,
      user: { select: { isOperator: true } },
      teams: { select: { teamId: true, role: true } },
    },
  });
  if (row === null) return null;
  return {
    organizationId,
    userId,
    role: row.role,
    isOperator: row.user.isOperator,
    teamIds: row.teams.map(({ teamId }) => teamId),
    ledTeamIds: row.teams.filter(({ role }) => role === 'lead').map(({ teamId }) => teamId),
  };
}

/** Returns the roles by which the table of permissions is read. */
export function rolesOf({ role, isOperator, ledTeamIds }: Standing): PermissionRole[] {
  return [role, ...(isOperator ? (['operator'] as const) : []), ...(ledTeamIds.length > 0 ? (['lead'] as const) : [])];
}

/** Returns how far an action reaches for a caller of this standing. */
export function reachFor(standing: Standing, action: Parameters<typeof reachOf>[1]): Reach {
  return reachOf(rolesOf(standing), action);
}
