import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { hashRefreshToken } from './refresh-token.ts';

/**
 * Ends sessions of the caller: the one of the refresh token where one is given, else the one that the caller came with,
 * else all. A session that is over, or another user's, stays as it is. Returns how many ended.
 */
export async function endSessions(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  refreshToken: string | undefined,
): Promise<number> {
  const now = clock();
  const { principal } = caller;
  const which =
    refreshToken !== undefined
      ? { refreshTokens: { some: { tokenHash: hashRefreshToken(refreshToken) } } }
      : principal.sessionId === undefined
        ? {}
        : { id: principal.sessionId };
  return database.$transaction(async (transaction) => {
    const ended = await transaction.session.updateManyAndReturn({
      where: { ...which, userId: principal.userId, endedAt: null, expiresAt: { gt: now } },
      data: { endedAt: now, endReason: 'logged_out' },
      select: { id: true },
    });
    for (const { id } of ended) {
      await writeAudit(transaction, now, caller, {
        organizationId: principal.orgId,
        action: 'session_ended',
        subjectType: 'session',
        subjectId: id,
        details: { reason: 'logged_out' },
      });
    }
    return ended.length;
  });
}
