import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { User } from '../generated/prisma/client.ts';
import { revokeKeys } from '../members/settle-keys.ts';

/** Takes everything from an account that its maker could use: the address was never shown to be the maker's. */
export async function reclaimAccount(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { id: userId, organizationId }: User,
): Promise<void> {
  await transaction.user.update({ where: { id: userId }, data: { passwordHash: null, emailVerifiedAt: now } });
  const sessions = await transaction.session.updateMany({
    where: { userId, endedAt: null },
    data: { endedAt: now, endReason: 'revoked' },
  });
  const keys = await transaction.apiKey.findMany({
    where: { userId, revokedAt: null },
    select: { id: true, organizationId: true },
  });
  for (const [id, ofOrganization] of Map.groupBy(keys, (key) => key.organizationId)) {
    const ids = ofOrganization.map((key) => key.id);
    await revokeKeys(transaction, now, actor, id, ids, 'owner_left');
  }
  await writeAudit(transaction, now, actor, {
    organizationId,
    action: 'account_reclaimed',
    subjectType: 'user',
    subjectId: userId,
    details: { sessionsEnded: sessions.count, keys: keys.length },
  });
}
