import { AppError } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import type { SessionOwner } from '../sessions/answer-tokens.ts';
import { chooseOrganization } from '../sessions/choose-organization.ts';
import { openSession } from '../sessions/open-session.ts';
import { sha256 } from './pending-login.ts';

/**
 * Opens a session for the code of a finished login. The code works once, for a minute, and only in the browser that began the login.
 * @throws {AppError} `sso_failed`; `access_blocked`; `insufficient_permissions` if the user is no member any more
 */
export async function exchangeCode(
  context: Pick<AuthContext, 'database' | 'loginGuard' | 'now'>,
  { code, cookie, address }: { code: string; cookie: string | undefined; address: string },
): Promise<{ owner: SessionOwner; refreshToken: string }> {
  context.loginGuard.admitAddress(address);
  const now = context.now();
  const used = await context.database.ssoLogin.updateManyAndReturn({
    where: { codeHash: sha256(code), browserHash: sha256(cookie ?? ''), usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    include: { provider: { select: { organizationId: true } }, user: { select: { blockedAt: true } } },
  });
  const [login] = used;
  if (login === undefined) throw new AppError('sso_failed', { internal: 'no such code of this browser' });
  if (login.user.blockedAt !== null) throw new AppError('access_blocked');
  const { userId } = login;
  const wanted = login.provider.organizationId;
  const organizationId = await chooseOrganization(context.database, { id: userId, organizationId: wanted }, wanted);
  const { sessionId, refreshToken } = await openSession(context, { userId, organizationId });
  return { owner: { sessionId, userId, organizationId }, refreshToken };
}
