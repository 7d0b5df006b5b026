import { AppError, type BlockKind } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { recordCut } from '../cuts/cut-orders.ts';
import type { Transaction } from '../database/create-database.ts';
import { type Cut, cutKeysMax } from '../events.ts';
import { readDescendants } from '../keys/read-descendants.ts';

export interface BlockTarget {
  readonly kind: BlockKind;
  readonly id: string;
}

const subjectTypes = { organizations: 'organization', users: 'user', 'api-keys': 'api_key' } as const;

/**
 * Blocks or unblocks an organisation, a user or a key, with the audit entry. Repeating it changes nothing. `kill` also
 * writes the order that ends the open answers. Returns the organisation that it belongs to, and whose answers are meant: of a
 * key also those of the keys that it made.
 * @throws {AppError} `not_found`; `conflict` if the caller would block itself
 */
export async function setBlock(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  target: BlockTarget,
  { isBlocked, kill = false }: { isBlocked: boolean; kill?: boolean },
): Promise<{ organizationId: string; cut: Cut }> {
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
    const cut = {
      keyIds: keyIds.slice(0, cutKeysMax),
      userIds: target.kind === 'users' ? [target.id] : [],
      organizationIds: target.kind === 'organizations' ? [target.id] : [],
    };
    if (kill) await recordCut(transaction, cut);
    if ((found.blockedAt !== null) === isBlocked) return { organizationId, cut };
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
    return { organizationId, cut };
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
