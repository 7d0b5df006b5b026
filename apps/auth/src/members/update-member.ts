import { AppError, type Member, type MemberRole } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { requireAnotherOwner } from './require-another-owner.ts';
import { showMembers } from './show-members.ts';

/**
 * Gives a member another role. Its API keys lose at once what the new role lacks.
 * @throws {AppError} `not_found`; `precondition_failed`; `insufficient_permissions`, also for an admin who would make or unmake an owner;
 * `conflict` for the last owner; `invalid_value` for a service account that would manage people
 */
export async function updateMember(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { userId, role }: { userId: string; role: MemberRole },
): Promise<Member> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  const where = { organizationId_userId: { organizationId, userId } };
  const row = await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'members.manage');
    const found = await transaction.membership.findUnique({ where, include: { user: true } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showMembers(transaction, organizationId, [found])));
    if (found.role === role) return found;
    if (found.user.isServiceAccount && ['owner', 'admin'].includes(role)) {
      throw new AppError('invalid_value', { param: 'role', message: 'A service account cannot manage people.' });
    }
    if (found.role === 'owner' || role === 'owner') await permitNow(transaction, caller, 'owners.manage');
    if (found.role === 'owner') await requireAnotherOwner(transaction, organizationId, userId);
    const changed = await transaction.membership.update({ where, data: { role }, include: { user: true } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'member_role_changed',
      subjectType: 'user',
      subjectId: userId,
      details: { before: found.role, after: role },
    });
    return changed;
  });
  return await showOne(showMembers(database, organizationId, [row]));
}
