import { AppError, type MemberRole } from '@aggregator/contracts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { User } from '../generated/prisma/client.ts';
import { dropMembership } from '../members/end-membership.ts';
import { requirePlace } from '../members/require-place.ts';
import { ownsAddress, type ScimCaller } from './scim-caller.ts';

export type MembershipChange = 'joined' | 'removed';

/**
 * Makes a person a member, or ends that: API keys are handed over or revoked, and if the account is the organisation's, every session
 * ends. Returns null if nothing changes. Throws `conflict` for the last owner, and if there are too many memberships;
 * `insufficient_permissions` for an owner if the maker of the token is none.
 */
export async function setMembership(
  transaction: Transaction,
  now: Date,
  caller: ScimCaller,
  user: Pick<User, 'id' | 'email' | 'isOperator'>,
  { before, isActive }: { before: MemberRole | null; isActive: boolean },
): Promise<MembershipChange | null> {
  const { organizationId, actor, role } = caller;
  const { id: userId } = user;
  if (isActive === (before !== null)) return null;
  if (before === null) {
    await requirePlace(transaction, organizationId, userId);
    await transaction.membership.create({ data: { organizationId, userId, role, createdAt: now } });
    await writeAudit(transaction, now, actor, {
      ...{ organizationId, action: 'member_joined', subjectType: 'user', subjectId: userId },
      details: { role, by: 'scim' },
    });
    return 'joined';
  }
  if (before === 'owner' && !caller.managesOwners) {
    const message = 'Only a token that an owner made can remove an owner.';
    throw new AppError('insufficient_permissions', { message });
  }
  const heir = await findHeir(transaction, caller, userId);
  const leaver = { organizationId, userId, role: before, handKeysTo: heir };
  await dropMembership(transaction, now, actor, { ...leaver, action: 'member_removed' });
  if (ownsAddress(caller, user.email) && !user.isOperator) {
    await transaction.session.updateMany({
      where: { userId, endedAt: null },
      data: { endedAt: now, endReason: 'revoked' },
    });
  }
  return 'removed';
}

/** The member that gets the keys of a leaver; none if it is the leaver itself, or left meanwhile. */
export async function findHeir(
  transaction: Transaction,
  { organizationId, handKeysTo }: ScimCaller,
  leaverId: string,
): Promise<string | undefined> {
  if (handKeysTo === undefined || handKeysTo === leaverId) return undefined;
  const where = { organizationId_userId: { organizationId, userId: handKeysTo } };
  return (await transaction.membership.findUnique({ where }))?.userId;
}
