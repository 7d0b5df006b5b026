import { AppError } from '@aggregator/contracts';
import type { AuthContext } from '../context.ts';
import type { SessionOwner } from './answer-tokens.ts';
import { openSession } from './open-session.ts';

/**
 * Opens a session for who knows the password. An unknown account and a wrong password take the same path, the same time
 * and the same answer. Throws `invalid_credentials`, `access_blocked`, `rate_limit_exceeded`, and `service_unavailable` where too many
 * passwords wait to be verified.
 */
export async function logIn(
  context: Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'now'>,
  credentials: { email: string; password: string },
  address: string,
): Promise<{ owner: SessionOwner; refreshToken: string }> {
  const email = credentials.email.toLowerCase();
  context.loginGuard.admitAddress(address);
  context.loginGuard.admitLogin(address, email);
  const user = await context.database.user.findUnique({
    where: { email },
    include: { organization: { select: { blockedAt: true } } },
  });
  const isRight = await context.passwords.verify(credentials.password, user?.passwordHash, address);
  if (user === null || !isRight) throw new AppError('invalid_credentials');
  context.loginGuard.clearLogin(address, email);
  // Only a caller that knows the password learns of the block.
  if (user.blockedAt !== null || user.organization.blockedAt !== null) throw new AppError('access_blocked');
  const { sessionId, refreshToken } = await openSession(context, user.id);
  const owner = { sessionId, userId: user.id, organizationId: user.organizationId, role: user.role };
  return { owner, refreshToken };
}
