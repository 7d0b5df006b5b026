import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { MemberRole } from '../generated/prisma/client.ts';
import type { Leaver } from '../members/settle-keys.ts';
import { reachFor, readStanding } from '../permissions/standing.ts';

/**
 * Ends the SCIM tokens of a leaver, who knows their texts: they pass to the heir of the API keys if that manages members and has
 * no higher role, else they are revoked. Tokens by which an identity provider removes their maker pass to another member of
 * the same role, so that later leavers are still removed.
 */
export async function settleScimTokens(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { organizationId, userId, handKeysTo, role }: Omit<Leaver, 'teamId'> & { role: MemberRole },
): Promise<void> {
  const tokens = await transaction.scimToken.findMany({
    where: { organizationId, createdById: userId, revokedAt: null },
    select: { id: true },
  });
  if (tokens.length === 0) return;
  const heir = await findHeir();
  const data = heir === null ? { revokedAt: now } : { createdById: heir };
  await transaction.scimToken.updateMany({ where: { id: { in: tokens.map(({ id }) => id) } }, data });
  for (const { id } of tokens) {
    await writeAudit(transaction, now, actor, {
      ...{ organizationId, subjectType: 'scim_token', subjectId: id },
      ...(heir === null
        ? { action: 'scim_token_revoked', details: { reason: 'maker_left' } }
        : { action: 'scim_token_handed_over', details: { from: userId, to: heir } }),
    });
  }

  async function findHeir(): Promise<string | null> {
    const named = handKeysTo === undefined ? null : await readStanding(transaction, organizationId, handKeysTo);
    const manages = named !== null && reachFor(named, 'members.manage') !== 'none';
    if (manages && (named.role === role || role === 'owner')) return named.userId;
    if (actor.peer === undefined) return null;
    const other = await transaction.membership.findFirst({
      where: { organizationId, userId: { not: userId }, role, user: { blockedAt: null, isServiceAccount: false } },
      orderBy: { createdAt: 'asc' },
    });
    return other?.userId ?? null;
  }
}
