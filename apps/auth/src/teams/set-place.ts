import type { teamRole } from '@aggregator/contracts';
import type { z } from 'zod';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import { settleKeys } from '../members/settle-keys.ts';

type TeamRole = z.infer<typeof teamRole>;

interface Place {
  organizationId: string;
  teamId: string;
  userId: string;
  /** Role in the team until now; null if it is not in it. */
  before: TeamRole | null;
}

/** Puts a member into a team, with the audit entry, for an actor that may. Call it under the organisation's lock. */
export async function enterTeam(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { before, ...place }: Place,
  role: TeamRole,
): Promise<void> {
  const { organizationId, teamId, userId } = place;
  await transaction.teamMember.upsert({
    where: { teamId_userId: { teamId, userId } },
    create: { ...place, role, createdAt: now },
    update: { role },
  });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'team_member_set', subjectType: 'team', subjectId: teamId },
    details: { userId, before: before ?? 'none', after: role },
  });
}

/** Takes a member out of a team. Its API keys of the team are handed over or revoked. */
export async function leaveTeam(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { organizationId, teamId, userId, before }: Place,
  handKeysTo: string | undefined,
): Promise<void> {
  await transaction.teamMember.delete({ where: { teamId_userId: { teamId, userId } } });
  const keys = await settleKeys(transaction, now, actor, { organizationId, userId, teamId, handKeysTo });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'team_member_removed', subjectType: 'team', subjectId: teamId },
    details: { userId, before: before ?? 'none', keys },
  });
}
