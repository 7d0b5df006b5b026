import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';

/** Takes an invitation back. Repeating it changes nothing. Throws `not_found`, also for one that was accepted. */
export async function revokeInvitation(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  id: string,
): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'members.manage');
    const found = await transaction.invitation.findFirst({ where: { id, organizationId, acceptedAt: null } });
    if (found === null) throw new AppError('not_found');
    if (found.revokedAt !== null) return;
    await transaction.invitation.update({ where: { id }, data: { revokedAt: now } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'invitation_revoked',
      subjectType: 'invitation',
      subjectId: id,
    });
  });
}
