import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { voidLinks } from '../email/void-links.ts';

/**
 * Replaces the caller's password ends all of its other sessions and voids the links that were sent for it; API keys stay. Guesses of the current password count as
 * logins. Returns how many sessions ended.
 * @throws {AppError} `invalid_credentials`; `invalid_value` if the new one is the current one; `rate_limit_exceeded`;
 * `service_unavailable` if too many passwords wait to be verified; `conflict` if it was changed meanwhile
 */
export async function changePassword(
  { database, passwords, loginGuard, now: clock }: Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'now'>,
  caller: Caller & { sessionId: string },
  request: { currentPassword: string; newPassword: string },
  address: string,
): Promise<number> {
  const { userId: id, orgId: organizationId } = caller.principal;
  loginGuard.admitAddress(address);
  const user = await database.user.findUnique({ where: { id } });
  if (user === null || user.email === null || user.passwordHash === null) throw new AppError('not_found');
  loginGuard.admitLogin(address, user.email);
  if (!(await passwords.verify(request.currentPassword, user.passwordHash, address))) {
    const message = 'The current password is wrong.';
    throw new AppError('invalid_credentials', { param: 'currentPassword', message });
  }
  loginGuard.clearLogin(address, user.email);
  if (request.newPassword === request.currentPassword) {
    throw new AppError('invalid_value', { param: 'newPassword', message: "'newPassword' is the current password." });
  }
  const passwordHash = await passwords.hash(request.newPassword, address);
  const now = clock();
  return database.$transaction(async (transaction) => {
    const changed = await transaction.user.updateMany({
      where: { id, passwordHash: user.passwordHash },
      data: { passwordHash },
    });
    if (changed.count === 0) throw new AppError('conflict', { message: 'The password was changed meanwhile.' });
    await voidLinks(transaction, now, id);
    const ended = await transaction.session.updateMany({
      where: { userId: id, id: { not: caller.sessionId }, endedAt: null },
      data: { endedAt: now, endReason: 'password_changed' },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'password_changed',
      subjectType: 'user',
      subjectId: id,
      details: { sessionsEnded: ended.count },
    });
    return ended.count;
  });
}
