import { AppError, type MemberRole } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { settleScimTokens } from '../scim/settle-scim-tokens.ts';
import { requireAnotherOwner } from './require-another-owner.ts';
import { type Leaver, settleKeys } from './settle-keys.ts';
import { showMembers } from './show-members.ts';

/**
 * Takes a member, or the caller itself, out of the organisation: access tokens for it become
 * invalid, invitations by it and to it void,
 * and API keys there are handed over or revoked. The account stays.
 * @throws {AppError} `not_found`; `insufficient_permissions`, also for an admin who would remove an owner; `conflict` for the
 * last owner; `invalid_value` if no member gets the keys
 */
export async function endMembership(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { userId, handKeysTo }: { userId: string; handKeysTo: string | undefined },
): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  const isSelf = userId === caller.principal.userId;
  const where = { organizationId_userId: { organizationId, userId } };
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    if (!isSelf) await permitNow(transaction, caller, 'members.manage');
    const found = await transaction.membership.findUnique({ where, include: { user: true } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showMembers(transaction, organizationId, [found])));
    if (found.role === 'owner' && !isSelf) await permitNow(transaction, caller, 'owners.manage');
    const leaver = { organizationId, userId, role: found.role, handKeysTo };
    await dropMembership(transaction, now, caller, { ...leaver, action: isSelf ? 'member_left' : 'member_removed' });
  });
}

/** The end of a membership, with its audit entry, for an actor that may end it. Call it under the organisation's lock. */
export async function dropMembership(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { role, action, ...leaver }: Omit<Leaver, 'teamId'> & { role: MemberRole; action: 'member_left' | 'member_removed' },
): Promise<void> {
  const { organizationId, userId, handKeysTo } = leaver;
  if (role === 'owner') await requireAnotherOwner(transaction, organizationId, userId);
  await transaction.membership.delete({ where: { organizationId_userId: { organizationId, userId } } });
  const { email } = await transaction.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  // An invitation of before would bring the leaver back.
  const byOrTo = [{ invitedById: userId }, ...(email === null ? [] : [{ email }])];
  await transaction.invitation.updateMany({
    where: { organizationId, OR: byOrTo, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  await moveHome(transaction, organizationId, userId);
  const keys = await settleKeys(transaction, now, actor, leaver);
  await settleScimTokens(transaction, now, actor, { ...leaver, role });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action, subjectType: 'user', subjectId: userId },
    details: { role, keys, ...(handKeysTo !== undefined && { keysTo: handKeysTo }) },
  });
}

/** A login or a refresh that names no organisation must not choose one that the user has left. */
export async function moveHome(transaction: Transaction, organizationId: string, userId: string) {
  await transaction.session.updateMany({ where: { userId, organizationId }, data: { organizationId: null } });
  const next = await transaction.membership.findFirst({ where: { userId }, orderBy: { createdAt: 'asc' } });
  if (next === null) return;
  await transaction.user.updateMany({
    where: { id: userId, organizationId },
    data: { organizationId: next.organizationId },
  });
}
