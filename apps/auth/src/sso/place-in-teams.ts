import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import { settleKeys } from '../members/settle-keys.ts';
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
    const subject = { organizationId, subjectType: 'team' as const, subjectId: teamId };
    if (present === undefined) {
      await transaction.teamMember.create({ data: { teamId, organizationId, userId, role: 'member', createdAt: now } });
      const details = { userId, before: 'none', after: 'member' };
      await writeAudit(transaction, now, actor, { ...subject, action: 'team_member_set', details });
    } else {
      await transaction.teamMember.delete({ where: { teamId_userId: { teamId, userId } } });
      const keys = await settleKeys(transaction, now, actor, { organizationId, userId, teamId });
      const details = { userId, before: present, keys };
      await writeAudit(transaction, now, actor, { ...subject, action: 'team_member_removed', details });
    }
  }
  return changed;
}
