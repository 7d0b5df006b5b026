import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';

export interface KeysToRevoke {
  organizationId: string;
  keyIds: readonly string[];
  /** Details of the audit's entry of one key; undefined for none. */
  detailsOf(keyId: string): Record<string, string> | undefined;
}

/** Revokes the keys that are not revoked yet, each with an entry in the audit. Returns how many it revoked. */
export async function revokeEach(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { organizationId, keyIds, detailsOf }: KeysToRevoke,
): Promise<number> {
  const revoked = await transaction.apiKey.updateManyAndReturn({
    where: { id: { in: [...keyIds] }, organizationId, revokedAt: null },
    data: { revokedAt: now },
    select: { id: true },
  });
  for (const { id } of revoked) {
    const details = detailsOf(id);
    await writeAudit(transaction, now, actor, {
      organizationId,
      action: 'api_key_revoked',
      subjectType: 'api_key',
      subjectId: id,
      ...(details !== undefined && { details }),
    });
  }
  return revoked.length;
}
