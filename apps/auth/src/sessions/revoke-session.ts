import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';

/** Ends one session of the caller; 0 if it was over already. Throws `not_found`, also for a session of another user. */
export async function revokeSession(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  id: string,
): Promise<number> {
  const now = clock();
  const { userId, orgId: organizationId } = caller.principal;
  return database.$transaction(async (transaction) => {
    const found = await transaction.session.findFirst({ where: { id, userId }, select: { id: true } });
    if (found === null) throw new AppError('not_found');
    const ended = await transaction.session.updateMany({
      where: { id, userId, endedAt: null },
      data: { endedAt: now, endReason: 'revoked' },
    });
    if (ended.count > 0) {
      await writeAudit(transaction, now, caller, {
        organizationId,
        action: 'session_ended',
        subjectType: 'session',
        subjectId: id,
        details: { reason: 'revoked' },
      });
    }
    return ended.count;
  });
}
