import { AppError } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { EmailPurpose } from '../generated/prisma/client.ts';
import { hashSingleUseToken } from '../secrets/single-use-token.ts';
import { takeNewEmail } from './change-email.ts';
import { voidLinks } from './void-links.ts';

type Parts = Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'mails' | 'now'>;

interface Attempt {
  token: string;
  /** Address of the client. */
  address: string;
  requestId: string | undefined;
}

/**
 * Verifies the address to which the token was sent; a new address becomes that of the account. Returns the user's id.
 * @throws {AppError} `invalid_token`; `rate_limit_exceeded`; of a new address `email_taken`, `access_blocked`, `sso_required`
 */
export async function verifyEmail(
  { database, loginGuard, mails, now: clock }: Parts,
  attempt: Attempt,
): Promise<string> {
  loginGuard.admitAddress(attempt.address);
  const now = clock();
  const write = database.$transaction(async (transaction) => {
    const { userId, newEmail } = await useToken(transaction, now, attempt.token, ['verification', 'email_change']);
    if (newEmail !== null) {
      const actor = { userId, keyId: null, requestId: attempt.requestId };
      await takeNewEmail(transaction, now, mails, actor, { userId, newEmail });
      return userId;
    }
    const { organizationId } = await transaction.user.update({ where: { id: userId }, data: { emailVerifiedAt: now } });
    await writeAudit(
      transaction,
      now,
      { userId, keyId: null, requestId: attempt.requestId },
      {
        organizationId,
        action: 'email_verified',
        subjectType: 'user',
        subjectId: userId,
      },
    );
    return userId;
  });
  return write.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new AppError('email_taken') : error;
  });
}

/**
 * Sets a new password by the token of a mail, ends all sessions of the user and voids its other links; API keys stay. The token also shows that the address is
 * the user's. Returns the user's id and how many sessions ended.
 * @throws {AppError} `invalid_token`; `access_blocked`; `rate_limit_exceeded`; `service_unavailable` if too many passwords wait
 */
export async function resetPassword(
  { database, passwords, loginGuard, now: clock }: Parts,
  { token, address, requestId }: Attempt,
  newPassword: string,
): Promise<{ userId: string; count: number }> {
  loginGuard.admitAddress(address);
  const tokenHash = hashSingleUseToken(token);
  const known = await database.emailToken.findFirst({
    where: { tokenHash, purpose: 'password_reset', usedAt: null, expiresAt: { gt: clock() } },
    select: { user: { select: { blockedAt: true } } },
  });
  if (known === null) throw invalidToken();
  if (known.user.blockedAt !== null) throw new AppError('access_blocked');
  const passwordHash = await passwords.hash(newPassword, address);
  const now = clock();
  return database.$transaction(async (transaction) => {
    const { userId } = await useToken(transaction, now, token, ['password_reset']);
    const user = await transaction.user.findUniqueOrThrow({ where: { id: userId } });
    await transaction.user.update({
      where: { id: userId },
      data: { passwordHash, emailVerifiedAt: user.emailVerifiedAt ?? now },
    });
    await voidLinks(transaction, now, userId);
    const ended = await transaction.session.updateMany({
      where: { userId, endedAt: null },
      data: { endedAt: now, endReason: 'password_changed' },
    });
    await writeAudit(
      transaction,
      now,
      { userId, keyId: null, requestId },
      {
        organizationId: user.organizationId,
        action: 'password_changed',
        subjectType: 'user',
        subjectId: userId,
        details: { sessionsEnded: ended.count, by: 'mail' },
      },
    );
    return { userId, count: ended.count };
  });
}

/** Uses a token up and returns its user. Of any number of twins one succeeds. Throws `invalid_token`. */
async function useToken(
  transaction: Transaction,
  now: Date,
  token: string,
  purposes: EmailPurpose[],
): Promise<{ userId: string; newEmail: string | null }> {
  const used = await transaction.emailToken.updateManyAndReturn({
    where: { tokenHash: hashSingleUseToken(token), purpose: { in: purposes }, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { userId: true, newEmail: true },
  });
  const first = used[0];
  if (first === undefined) throw invalidToken();
  return first;
}

function invalidToken(): AppError {
  const message = 'The link was used, was replaced by a newer one or has expired. Ask for a new one.';
  return new AppError('invalid_token', { param: 'token', message });
}
