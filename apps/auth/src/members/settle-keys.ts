import { AppError } from '@aggregator/contracts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import { readDescendants } from '../keys/read-descendants.ts';
import { revokeEach } from '../keys/revoke-each.ts';
import { readStanding } from '../permissions/standing.ts';

export interface Leaver {
  organizationId: string;
  userId: string;
  /** Only its keys of this team; all of its keys if absent. */
  teamId?: string;
  /** The member that gets its keys; they are revoked if absent. */
  handKeysTo?: string | undefined;
}

/**
 * Hands the usable API keys of a leaver to another member, or revokes them with all that they made. No key stays without an
 * owner. Returns how many keys it concerned. Throws `invalid_value` if the heir is no other member of the organisation.
 */
export async function settleKeys(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { organizationId, userId, teamId, handKeysTo }: Leaver,
): Promise<number> {
  const own = await transaction.apiKey.findMany({
    where: { organizationId, userId, ...(teamId !== undefined && { teamId }), revokedAt: null },
    select: { id: true },
  });
  const ownIds = own.map(({ id }) => id);
  if (handKeysTo === undefined) return await revokeKeys(transaction, now, actor, organizationId, ownIds, 'owner_left');
  if (handKeysTo === userId || (await readStanding(transaction, organizationId, handKeysTo)) === null) {
    throw new AppError('invalid_value', {
      param: 'handKeysTo',
      message: "'handKeysTo' must be another member of the organisation.",
    });
  }
  await transaction.apiKey.updateMany({ where: { id: { in: ownIds } }, data: { userId: handKeysTo } });
  for (const id of ownIds) {
    await writeAudit(transaction, now, actor, {
      organizationId,
      action: 'api_key_handed_over',
      subjectType: 'api_key',
      subjectId: id,
      details: { from: userId, to: handKeysTo },
    });
  }
  return ownIds.length;
}

/** Revokes keys with all that they made. Returns how many it concerned. */
export async function revokeKeys(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  organizationId: string,
  keyIds: readonly string[],
  reason: 'owner_left' | 'team_deleted',
): Promise<number> {
  const made = await readDescendants(transaction, keyIds);
  return await revokeEach(transaction, now, actor, {
    organizationId,
    keyIds: [...keyIds, ...made],
    detailsOf: () => ({ reason }),
  });
}
