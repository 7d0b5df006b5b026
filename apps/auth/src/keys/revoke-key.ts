import { AppError } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import type { AuthContext } from '../auth-context.ts';
import { recordCut } from '../cuts/cut-orders.ts';
import { type Cut, cutKeysMax } from '../events.ts';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import { keysInReach } from '../permissions/in-reach.ts';
import type { Standing } from '../permissions/standing.ts';
import { lockOrganization } from './lock-organization.ts';
import { readDescendants } from './read-descendants.ts';
import { revokeEach } from './revoke-each.ts';
import { showKeys } from './show-keys.ts';

export interface Revocation {
  /** The key that was named. */
  row: ApiKeyRow;
  /** Ids of keys that it made, directly or not; all of them are revoked now. Empty without `cascade`. */
  descendantIds: readonly string[];
  /** Whose open answers end; null without `kill`. */
  cut: Cut | null;
}

/**
 * Revokes a key of the organisation for good, and with `cascade` those that it made. Revoking it again changes nothing but
 * what it has made since. `kill` also writes the order that ends their open answers. Throws `not_found`, also for a key out of the caller's reach: its existence is a secret.
 */
export async function revokeKey(
  { database, now: clock, limits }: Pick<AuthContext, 'database' | 'now' | 'limits'>,
  caller: Caller,
  standing: Standing,
  { keyId, cascade, kill }: { keyId: string; cascade: boolean; kill: boolean },
): Promise<Revocation> {
  const organizationId = caller.principal.orgId;
  const now = clock();
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const row = await transaction.apiKey.findFirst({ where: { ...keysInReach(standing), id: keyId } });
    if (row === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showKeys(transaction, limits, organizationId, [row])));
    const descendantIds = cascade ? await readDescendants(transaction, [keyId]) : [];
    await revokeEach(transaction, now, caller, {
      organizationId,
      keyIds: [keyId, ...descendantIds],
      detailsOf: (id) => (id === keyId ? undefined : { madeBy: keyId }),
    });
    const cut = { keyIds: [keyId, ...descendantIds].slice(0, cutKeysMax), userIds: [], organizationIds: [] };
    if (kill) await recordCut(transaction, cut);
    return { row: { ...row, revokedAt: row.revokedAt ?? now }, descendantIds, cut: kill ? cut : null };
  });
}
