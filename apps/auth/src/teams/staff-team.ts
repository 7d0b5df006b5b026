import { AppError, type teamRole } from '@aggregator/contracts';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { enterTeam, leaveTeam } from './set-place.ts';
import { teamsInReach } from './teams-in-reach.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;
type TeamRole = z.infer<typeof teamRole>;

interface Place {
  teamId: string;
  userId: string;
}

/**
 * Puts a member of the organisation into a team, or gives it another role there.
 * @throws {AppError} `not_found`; `insufficient_permissions` for a lead that would make or unmake a lead
 */
export async function putTeamMember(
  { database, now: clock }: Parts,
  caller: Caller,
  { teamId, userId }: Place,
  role: TeamRole,
): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const before = await readPlace(transaction, caller, { teamId, userId }, role);
    if (before === role) return;
    await enterTeam(transaction, now, caller, { organizationId, teamId, userId, before }, role);
  });
}

/**
 * Takes a member out of a team. Its API keys of the team are handed over or revoked.
 * @throws {AppError} as `putTeamMember`; `invalid_value` if no member gets the keys
 */
export async function removeTeamMember(
  { database, now: clock }: Parts,
  caller: Caller,
  { teamId, userId }: Place,
  handKeysTo: string | undefined,
): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const before = await readPlace(transaction, caller, { teamId, userId }, 'member');
    if (before === null) throw new AppError('not_found');
    await leaveTeam(transaction, now, caller, { organizationId, teamId, userId, before }, handKeysTo);
  });
}

/** Returns the role of the member in the team now, null if it has none, for a caller who may change it to `after`. */
async function readPlace(
  transaction: Transaction,
  caller: Caller,
  { teamId, userId }: Place,
  after: TeamRole,
): Promise<TeamRole | null> {
  const { orgId: organizationId } = caller.principal;
  const standing = await permitNow(transaction, caller, 'teams.staff');
  const [team, membership] = await Promise.all([
    transaction.team.findFirst({ where: { ...teamsInReach(standing, 'teams.staff'), id: teamId } }),
    transaction.membership.findUnique({
      where: { organizationId_userId: { organizationId, userId } },
      include: { teams: { where: { teamId } } },
    }),
  ]);
  if (team === null || membership === null) throw new AppError('not_found');
  const before = membership.teams[0]?.role ?? null;
  if (before === 'lead' || after === 'lead') await permitNow(transaction, caller, 'teams.manage');
  return before;
}
