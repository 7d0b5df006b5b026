import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { moveHome } from '../members/end-membership.ts';

const perRoundMax = 20;
const deletedName = 'deleted';

/**
 * Deletes organisations whose grace period is over, and the people who are in no other one: names, addresses and passwords. Ids
 * stay, because the ledger and the audit name them. Returns the ids.
 */
export async function deleteOrganizations(
  { database, events }: Pick<AuthContext, 'database' | 'events'>,
  now: Date,
): Promise<string[]> {
  const due = await database.organization.findMany({
    where: { deleteAt: { lte: now }, deletedAt: null },
    select: { id: true },
    take: perRoundMax,
  });
  const deleted: string[] = [];
  for (const { id } of due) {
    if (!(await deleteOrganization(database, now, id))) continue;
    deleted.push(id);
    await events.organizationUpdated({ requestId: undefined, organizationId: id });
  }
  return deleted;
}

/** Returns false if it was taken back, or another process was first. */
async function deleteOrganization(database: Database, now: Date, organizationId: string): Promise<boolean> {
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const claimed = await transaction.organization.updateMany({
      where: { id: organizationId, deleteAt: { lte: now }, deletedAt: null },
      data: { name: deletedName, privacy: Prisma.DbNull, ceilings: Prisma.DbNull, deletedAt: now },
    });
    if (claimed.count === 0) return false;
    const members = await transaction.membership.findMany({ where: { organizationId }, select: { userId: true } });
    const userIds = members.map(({ userId }) => userId);
    const keys = await transaction.apiKey.updateMany({
      where: { organizationId, revokedAt: null },
      data: { revokedAt: now },
    });
    await transaction.apiKey.updateMany({ where: { organizationId }, data: { teamId: null, name: deletedName } });
    await transaction.budget.deleteMany({ where: { organizationId } });
    await transaction.usageLimit.deleteMany({ where: { organizationId } });
    await transaction.team.deleteMany({ where: { organizationId } });
    await transaction.ssoProvider.deleteMany({ where: { organizationId } });
    await transaction.scimToken.deleteMany({ where: { organizationId } });
    await transaction.scimUser.deleteMany({ where: { organizationId } });
    await transaction.bulkJob.deleteMany({ where: { organizationId } });
    await transaction.webhookEndpoint.deleteMany({ where: { organizationId } });
    await transaction.keyUse.deleteMany({ where: { organizationId } });
    await transaction.securityEvent.deleteMany({ where: { organizationId } });
    await transaction.invitation.deleteMany({ where: { organizationId } });
    await transaction.membership.deleteMany({ where: { organizationId } });
    for (const userId of userIds) await moveHome(transaction, organizationId, userId);
    await forgetPeople(transaction, now, userIds);
    await writeAudit(
      transaction,
      now,
      { userId: null, keyId: null, requestId: undefined },
      {
        organizationId,
        action: 'organization_deleted',
        subjectType: 'organization',
        subjectId: organizationId,
        details: { members: userIds.length, keysRevoked: keys.count },
      },
    );
    return true;
  });
}

/** People who are in no organisation any more and do not run the installation. Their address is free again. */
async function forgetPeople(transaction: Transaction, now: Date, userIds: readonly string[]): Promise<void> {
  const ids = [...userIds];
  const alone = Prisma.sql`"id" = ANY(${ids}::uuid[]) AND NOT "is_operator"
    AND NOT EXISTS (SELECT 1 FROM "membership" WHERE "membership"."user_id" = "user"."id")`;
  await transaction.$executeRaw`
    UPDATE "session" SET "ended_at" = ${now}, "end_reason" = 'revoked'
    WHERE "ended_at" IS NULL AND "user_id" IN (SELECT "id" FROM "user" WHERE ${alone})`;
  await transaction.$executeRaw`DELETE FROM "sso_identity" WHERE "user_id" IN (SELECT "id" FROM "user" WHERE ${alone})`;
  await transaction.$executeRaw`
    UPDATE "user" SET "name" = ${deletedName}, "password_hash" = NULL, "email_verified_at" = NULL,
      "email" = CASE WHEN "is_service_account" THEN NULL ELSE 'deleted-' || "id"::text || '@invalid' END
    WHERE ${alone}`;
}
