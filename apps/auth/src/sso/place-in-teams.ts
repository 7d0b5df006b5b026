import type { Actor } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import { enterTeam, leaveTeam } from '../teams/set-place.ts';
import type { Grant } from './grant.ts';

/**
 * Puts a member into the teams of its grant, and takes it out of the other teams of the mapping; its keys there are revoked. A lead
 * stays a lead. Returns the teams that changed.
 */
export async function placeInTeams(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { organizationId, userId, grant }: { organizationId: string; userId: string; grant: Grant },
): Promise<string[]> {
  const [teams, places] = await Promise.all([
    transaction.team.findMany({
      where: { organizationId, id: { in: [...grant.mappedTeamIds] } },
      select: { id: true },
    }),
    transaction.teamMember.findMany({ where: { organizationId, userId } }),
  ]);
  const before = new Map(places.map(({ teamId, role }) => [teamId, role]));
  const changed: string[] = [];
  for (const { id: teamId } of teams) {
    const present = before.get(teamId);
    if (grant.teamIds.has(teamId) === (present !== undefined)) continue;
    changed.push(teamId);
    const place = { organizationId, teamId, userId, before: present ?? null };
    if (present === undefined) await enterTeam(transaction, now, actor, place, 'member');
    else await leaveTeam(transaction, now, actor, place, undefined);
  }
  return changed;
}
