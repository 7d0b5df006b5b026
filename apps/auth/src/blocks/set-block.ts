import { AppError, type BlockKind } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../context.ts';
import type { Transaction } from '../database/create-database.ts';
import { readDescendants } from '../keys/read-descendants.ts';

export interface BlockTarget {
  readonly kind: BlockKind;
  readonly id: string;
}

const subjectTypes = { organizations: 'organization', users: 'user', 'api-keys': 'api_key' } as const;

/**
 * Blocks or unblocks an organisation, a user or a key, with the audit entry. Repeating it changes nothing. Returns the
 * organisation that it belongs to, and for a key its id and the ids of those that it made.
 * @throws {AppError} `not_found`; `conflict` if the caller would block itself
 */
export async function setBlock(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  target: BlockTarget,
  isBlocked: boolean,
): Promise<{ organizationId: string; keyIds: string[] }> {
  const now = clock();
  const { orgId, userId, keyId } = caller.principal;
  if (isBlocked && [orgId, userId, keyId].includes(target.id)) {
    throw new AppError('conflict', { message: 'This would block yourself. Let another operator do it.' });
  }
  return database.$transaction(async (transaction) => {
    const found = await findTarget(transaction, target);
    if (found === null) throw new AppError('not_found');
    const { organizationId } = found;
    const keyIds = target.kind === 'api-keys' ? [target.id, ...(await readDescendants(transaction, [target.id]))] : [];
    if ((found.blockedAt !== null) === isBlocked) return { organizationId, keyIds };
    const change = { where: { id: target.id }, data: { blockedAt: isBlocked ? now : null } };
    if (target.kind === 'organizations') await transaction.organization.update(change);
    else if (target.kind === 'users') await transaction.user.update(change);
    else await transaction.apiKey.update(change);
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: isBlocked ? 'access_blocked' : 'access_unblocked',
      subjectType: subjectTypes[target.kind],
      subjectId: target.id,
    });
    return { organizationId, keyIds };
  });
}

async function findTarget(transaction: Transaction, { kind, id }: BlockTarget) {
  const where = { id };
  if (kind === 'organizations') {
    const row = await transaction.organization.findUnique({ where, select: { blockedAt: true } });
    return row === null ? null : { ...row, organizationId: id };
  }
  const select = { blockedAt: true, organizationId: true };
  if (kind === 'users') return await transaction.user.findUnique({ where, select });
  return await transaction.apiKey.findUnique({ where, select });
}
