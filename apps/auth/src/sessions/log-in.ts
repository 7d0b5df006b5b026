import { AppError } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import type { SessionOwner } from './answer-tokens.ts';
import { chooseOrganization } from './choose-organization.ts';
import { openSession } from './open-session.ts';

/**
 * Opens a session for who knows the password. An unknown account and a wrong password take the same path, the same time
 * and the same answer. Throws `invalid_credentials`, `sso_required`, `access_blocked`, `email_not_verified`, `insufficient_permissions` if it is no member of the organisation, `rate_limit_exceeded`, and `service_unavailable` where too many
 * passwords wait to be verified.
 */
export async function logIn(
  context: Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'loginSuspicion' | 'signUp' | 'now'>,
  credentials: { email: string; password: string; organizationId?: string | undefined },
  address: string,
): Promise<{ owner: SessionOwner; refreshToken: string }> {
  const email = credentials.email.toLowerCase();
  context.loginGuard.admitAddress(address);
  context.loginGuard.admitLogin(address, email);
  const user = await context.database.user.findUnique({ where: { email } });
  const isRight = await context.passwords.verify(credentials.password, user?.passwordHash ?? undefined, address);
  // After the password, so that the time does not show who runs the installation. An operator is never locked out.
  if (!(isRight && user?.isOperator === true) && (await isSsoRequired(context.database, email))) {
    throw new AppError('sso_required');
  }
  if (user !== null && !isRight) context.loginSuspicion.failed(user);
  if (user === null || !isRight) throw new AppError('invalid_credentials');
  context.loginGuard.clearLogin(address, email);
  // Only a caller that knows the password learns of the block.
  if (user.blockedAt !== null) throw new AppError('access_blocked');
  // The operator can always log in: a mail server that fails must not lock the installation.
  if (context.signUp.isVerificationRequired && user.emailVerifiedAt === null && !user.isOperator) {
    throw new AppError('email_not_verified');
  }
  const organizationId = await chooseOrganization(context.database, user, credentials.organizationId);
  const { sessionId, refreshToken } = await openSession(context, { userId: user.id, organizationId });
  context.loginSuspicion.succeeded(user);
  return { owner: { sessionId, userId: user.id, organizationId }, refreshToken };
}
