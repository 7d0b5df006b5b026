import { AppError, type ChangeEmailRequest } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import { sendLink } from './send-link.ts';
import { voidLinks } from './void-links.ts';

type Parts = Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'mails' | 'now'>;

/**
 * Sends a link to the address that the caller wants; the address changes when the link is used. A guess of the password counts as a
 * login. Nothing is sent to an address that has an account, and the answer does not show that.
 * @throws {AppError} `invalid_credentials`; `sso_required` if an identity provider manages the old or the new address; `not_found` for
 * an account without a password; `rate_limit_exceeded`; `service_unavailable` if no mail can be sent
 */
export async function requestEmailChange(
  context: Parts,
  caller: Caller,
  { password, newEmail, language = 'en' }: ChangeEmailRequest,
  address: string,
): Promise<void> {
  const { database, passwords, loginGuard, mails, now: clock } = context;
  const { userId: id, orgId: organizationId } = caller.principal;
  mails.requireSending();
  loginGuard.admitAddress(address);
  const user = await database.user.findUnique({ where: { id } });
  if (user === null || user.email === null || user.passwordHash === null) throw new AppError('not_found');
  loginGuard.admitLogin(address, user.email);
  if (!(await passwords.verify(password, user.passwordHash, address))) {
    throw new AppError('invalid_credentials', { param: 'password', message: 'The password is wrong.' });
  }
  loginGuard.clearLogin(address, user.email);
  for (const email of [user.email, newEmail])
    if (await isSsoRequired(database, email)) throw new AppError('sso_required');
  const now = clock();
  await database.$transaction(async (transaction) => {
    // One at a time for each user, so that the count of mails is true.
    await transaction.$queryRaw`SELECT 1 FROM "user" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
    const isTaken = (await transaction.user.count({ where: { email: newEmail } })) > 0;
    if (!isTaken) await sendLink(context, transaction, now, user, { purpose: 'email_change', language, newEmail });
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'email_change_requested', subjectType: 'user', subjectId: id },
    });
  });
}

/**
 * Gives a user the address to which the link was sent, voids the links that were sent to the old one, and informs the old one. Call it
 * in the transaction that uses the token up. Throws a violation of uniqueness if the address got an account meanwhile.
 */
export async function takeNewEmail(
  transaction: Transaction,
  now: Date,
  mails: AuthContext['mails'],
  actor: Actor,
  { userId, newEmail }: { userId: string; newEmail: string },
): Promise<void> {
  const {
    email: before,
    organizationId,
    blockedAt,
  } = await transaction.user.findUniqueOrThrow({ where: { id: userId } });
  if (blockedAt !== null) throw new AppError('access_blocked');
  if (await isSsoRequired(transaction, newEmail)) throw new AppError('sso_required');
  await transaction.user.update({ where: { id: userId }, data: { email: newEmail, emailVerifiedAt: now } });
  await voidLinks(transaction, now, userId);
  if (before !== null) await mails.enqueue(transaction, now, { template: 'email_changed', to: before, language: 'en' });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'email_changed', subjectType: 'user', subjectId: userId },
  });
}
