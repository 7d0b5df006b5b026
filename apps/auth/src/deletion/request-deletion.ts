import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;

/** Time in which an owner can take a deletion back. */
export const graceMs = 30 * 86_400_000;

/**
 * Marks the caller's organisation for deletion in 30 days. Its API keys stop working now. Repeating it changes nothing. Returns when
 * it is deleted. Throws `invalid_value` if `name` is not the organisation's.
 */
export async function requestDeletion({ database, now: clock }: Parts, caller: Caller, name: string): Promise<Date> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'organization.delete');
    const found = await transaction.organization.findUniqueOrThrow({ where: { id: organizationId } });
    if (found.name !== name) {
      throw new AppError('invalid_value', { param: 'name', message: "'name' must repeat the organisation's name." });
    }
    if (found.deleteAt !== null) return found.deleteAt;
    const deleteAt = new Date(now.getTime() + graceMs);
    await transaction.organization.update({ where: { id: organizationId }, data: { deleteAt } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'deletion_requested',
      subjectType: 'organization',
      subjectId: organizationId,
      details: { deleteAt: deleteAt.toISOString() },
    });
    return deleteAt;
  });
}

/** Takes a deletion back: API keys work again. Repeating it changes nothing. */
export async function cancelDeletion({ database, now: clock }: Parts, caller: Caller): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'organization.delete');
    const changed = await transaction.organization.updateMany({
      where: { id: organizationId, deleteAt: { not: null }, deletedAt: null },
      data: { deleteAt: null },
    });
    if (changed.count === 0) return;
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'deletion_cancelled',
      subjectType: 'organization',
      subjectId: organizationId,
    });
  });
}
