import type { AuthContext } from '../auth-context.ts';
import type { EmailPurpose } from '../generated/prisma/client.ts';
import type { Mail } from '../mail/mail.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import { sendLink } from './send-link.ts';

/**
 * Sends a link to the address if it has an account that can use it. It resolves before it looks: neither the answer nor its time shows
 * whether there is one.
 * @throws {AppError} `rate_limit_exceeded`; `service_unavailable` if the installation sends no mails
 */
export function requestLink(
  context: Pick<AuthContext, 'changes' | 'database' | 'events' | 'mails' | 'loginGuard' | 'now'>,
  { email, language = 'en' }: { email: string; language?: Mail['language'] | undefined },
  purpose: EmailPurpose,
  address: string,
): void {
  const { changes, database, events, mails, loginGuard, now: clock } = context;
  mails.requireSending();
  loginGuard.admitAddress(address);
  const now = clock();
  const write = () =>
    database.$transaction(async (transaction) => {
      const user = await transaction.user.findUnique({ where: { email: email.toLowerCase() } });
      if (user === null || user.blockedAt !== null) return;
      // A password would be rejected; an operator can have one.
      const hasNoPassword = purpose === 'password_reset' && !user.isOperator;
      if (hasNoPassword && (await isSsoRequired(transaction, email))) return;
      if (purpose === 'verification' && user.emailVerifiedAt !== null) return;
      // One at a time for each user, so that the count of mails is true.
      await transaction.$queryRaw`SELECT 1 FROM "user" WHERE "id" = ${user.id}::uuid FOR NO KEY UPDATE`;
      await sendLink(context, transaction, now, user, { purpose, language });
    });
  changes(address, write).catch((error: unknown) => events.mailLinkFailed({ purpose, error }));
}
