import { AppError, type createServiceAccountRequest, type Member } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { showMembers } from './show-members.ts';

const serviceAccountsMax = 1000;

/** Creates a member that is no person: API keys belong to it, and it cannot log in. Throws `conflict` if there are too many. */
export async function createServiceAccount(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { name, role }: z.infer<typeof createServiceAccountRequest>,
): Promise<Member> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  const account = await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'members.manage');
    const present = await transaction.membership.count({ where: { organizationId, user: { isServiceAccount: true } } });
    if (present >= serviceAccountsMax) {
      const message = `The organisation has ${serviceAccountsMax} service accounts, which is the most.`;
      throw new AppError('conflict', { message });
    }
    const id = createUuidV7(now.getTime());
    await transaction.user.create({
      data: { id, organizationId, name, role: 'member', isServiceAccount: true, createdAt: now },
    });
    const row = await transaction.membership.create({
      data: { organizationId, userId: id, role, createdAt: now },
      include: { user: true },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'service_account_created',
      subjectType: 'user',
      subjectId: id,
      details: { role },
    });
    return row;
  });
  return await showOne(showMembers(database, organizationId, [account]));
}
