import { createUuidV7 } from '@aggregator/service-kit';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { EmailPurpose, User } from '../generated/prisma/client.ts';
import type { Mail } from '../mail/mail.ts';
import { createSingleUseToken, hashSingleUseToken } from '../secrets/single-use-token.ts';

const hourMs = 3_600_000;
const lifetimesMs = { verification: 24 * hourMs, password_reset: hourMs, email_change: hourMs } as const;
const templates = {
  verification: 'email_verification',
  password_reset: 'password_reset',
  email_change: 'email_change',
} as const;
/** Mails of one kind to one account in 24 hours: more would be a flood that a stranger can order. */
const perDayMax = 5;

/**
 * Sends a link to a user's address, or to the new one that it wants, in the transaction; nothing if the user got enough of them.
 * Newer links void older ones.
 */
export async function sendLink(
  { mails }: Pick<AuthContext, 'mails'>,
  transaction: Transaction,
  now: Date,
  { id: userId, email }: Pick<User, 'id' | 'email'>,
  { purpose, language, newEmail }: { purpose: EmailPurpose; language: Mail['language']; newEmail?: string },
): Promise<void> {
  if (email === null) return;
  const recent = await transaction.emailToken.count({
    where: { userId, purpose, createdAt: { gt: new Date(now.getTime() - 24 * hourMs) } },
  });
  if (recent >= perDayMax) return;
  const token = createSingleUseToken();
  const expiresAt = new Date(now.getTime() + lifetimesMs[purpose]);
  await transaction.emailToken.updateMany({ where: { userId, purpose, usedAt: null }, data: { usedAt: now } });
  await transaction.emailToken.create({
    data: {
      ...{ id: createUuidV7(now.getTime()), userId, purpose, createdAt: now, expiresAt },
      tokenHash: hashSingleUseToken(token),
      newEmail: newEmail ?? null,
    },
  });
  const link = { to: newEmail ?? email, language, token, expiresAt: expiresAt.toISOString() };
  await mails.enqueue(transaction, now, { template: templates[purpose], ...link });
}
