import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';

/**
 * Makes a member an owner and the caller an admin, or neither.
 * @throws {AppError} `not_found` if the member is none, is a service account or is blocked; `conflict` for the caller itself
 */
export async function transferOwnership(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  userId: string,
): Promise<void> {
  const now = clock();
  const { orgId: organizationId, userId: callerId } = caller.principal;
  if (userId === callerId) throw new AppError('conflict', { message: 'You are the owner already.' });
  const whereOf = (id: string) => ({ organizationId_userId: { organizationId, userId: id } });
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'owners.manage');
    const heir = await transaction.membership.findUnique({
      where: { ...whereOf(userId), user: { isServiceAccount: false, blockedAt: null } },
    });
    if (heir === null) throw new AppError('not_found');
    await transaction.membership.update({ where: whereOf(userId), data: { role: 'owner' } });
    await transaction.membership.update({ where: whereOf(callerId), data: { role: 'admin' } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'ownership_transferred',
      subjectType: 'user',
      subjectId: userId,
      details: { from: callerId, before: heir.role },
    });
  });
}
