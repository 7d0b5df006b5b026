import { createUuidV7 } from '@aggregator/service-kit';
import { writeAudit } from '../audit/write-audit.ts';
import { createDatabase, type Transaction } from '../database/create-database.ts';
import type { User } from '../generated/prisma/client.ts';
import { createSingleUseToken, hashSingleUseToken } from '../secrets/single-use-token.ts';

const tokenLifetimeMs = 24 * 3_600_000;

export interface AppointedOperator {
  userId: string;
  organizationId: string;
  /** Sets the password, within 24 hours; stored as its hash alone. */
  token: string;
}

/**
 * Makes the person at an address an operator of the installation: an account that exists, else a new one that owns a new
 * organisation. Other operators stay. The entry in the audit names no actor: who can call this has the database.
 */
export async function appointOperator(
  databaseUrl: string,
  { email, organizationName }: { email: string; organizationName: string },
  now: Date,
): Promise<AppointedOperator> {
  const database = createDatabase({ url: databaseUrl, connectionsMax: 1, onError: () => undefined });
  const token = createSingleUseToken();
  try {
    return await database.$transaction(async (transaction) => {
      const user = await findOrCreateUser(transaction, now, email.toLowerCase(), organizationName);
      const { id: userId, organizationId } = user;
      await transaction.user.update({
        where: { id: userId },
        data: { isOperator: true, emailVerifiedAt: user.emailVerifiedAt ?? now },
      });
      const purpose = 'password_reset';
      await transaction.emailToken.updateMany({ where: { userId, purpose, usedAt: null }, data: { usedAt: now } });
      await transaction.emailToken.create({
        data: {
          ...{ id: createUuidV7(now.getTime()), userId, purpose, createdAt: now },
          ...{ tokenHash: hashSingleUseToken(token), expiresAt: new Date(now.getTime() + tokenLifetimeMs) },
        },
      });
      await writeAudit(
        transaction,
        now,
        { userId: null, keyId: null, requestId: undefined },
        { organizationId, action: 'operator_appointed', subjectType: 'user', subjectId: userId },
      );
      return { userId, organizationId, token };
    });
  } finally {
    await database.$disconnect();
  }
}

async function findOrCreateUser(transaction: Transaction, now: Date, email: string, name: string): Promise<User> {
  const found = await transaction.user.findUnique({ where: { email } });
  if (found !== null) return found;
  const organizationId = createUuidV7(now.getTime());
  await transaction.organization.create({ data: { id: organizationId, name, createdAt: now } });
  return await transaction.user.create({
    data: {
      ...{ id: createUuidV7(now.getTime()), organizationId, email, name: 'Operator', role: 'admin', createdAt: now },
      memberships: { create: { organizationId, role: 'owner', createdAt: now } },
    },
  });
}
