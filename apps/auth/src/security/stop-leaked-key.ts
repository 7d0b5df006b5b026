import { isWellFormedApiKey } from '@aggregator/contracts';
import type { Actor } from '../audit/write-audit.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { recordCut } from '../cuts/cut-orders.ts';
import { cutKeysMax } from '../events.ts';
import { sha256Hex } from '../keys/key-hasher.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { readDescendants } from '../keys/read-descendants.ts';
import { revokeEach } from '../keys/revoke-each.ts';
import { recordSecurityEvent } from './record-security-event.ts';

type Parts = Pick<
  AuthContext,
  'database' | 'keyHasher' | 'now' | 'mails' | 'sendsMails' | 'events' | 'leakedKeyAction'
>;

/**
 * Stops an API key that a scanner found: revokes it with all that it made, or blocks it, and ends its open answers. Repeating it
 * changes nothing. `where` is the address at which the scanner found it. Returns false if it is no key of this installation.
 */
export async function stopLeakedKey(
  parts: Parts,
  { token, where }: { token: string; where: string },
  requestId: string | undefined,
): Promise<boolean> {
  const { database, keyHasher, now: clock, events, leakedKeyAction } = parts;
  if (!isWellFormedApiKey(token)) return false;
  const found = await database.apiKey.findFirst({ where: { keyHmac: { in: keyHasher.toHmacs(sha256Hex(token)) } } });
  if (found === null) return false;
  const { id: keyId, organizationId, userId } = found;
  const now = clock();
  const actor: Actor = { userId: null, keyId: null, peer: 'secret-scanner', requestId };
  const cut = await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const row = await transaction.apiKey.findUniqueOrThrow({ where: { id: keyId } });
    if (row.revokedAt !== null || (leakedKeyAction === 'block' && row.blockedAt !== null)) return null;
    const made = await readDescendants(transaction, [keyId]);
    const keyIds = [keyId, ...made];
    const stopped = { keyIds: keyIds.slice(0, cutKeysMax), userIds: [], organizationIds: [] };
    await recordCut(transaction, stopped);
    if (leakedKeyAction === 'revoke') {
      await revokeEach(transaction, now, actor, { organizationId, keyIds, detailsOf: () => ({ reason: 'leaked' }) });
    } else {
      await transaction.apiKey.update({ where: { id: keyId }, data: { blockedAt: now } });
      const details = { reason: 'leaked' };
      const subject = { organizationId, subjectType: 'api_key' as const, subjectId: keyId };
      await writeAudit(transaction, now, actor, { ...subject, action: 'access_blocked', details });
    }
    await recordSecurityEvent(transaction, now, parts, {
      ...{ organizationId, type: 'key.leaked', severity: 'critical', subjectType: 'api_key', subjectId: keyId },
      ...{ details: { where, action: leakedKeyAction }, requestId, ownerId: userId },
      outcome: leakedKeyAction === 'revoke' ? 'The key was revoked.' : 'The key was blocked.',
    });
    return stopped;
  });
  if (cut !== null) {
    const keySha256 = [keyHasher.readSha256(found)];
    const fact = { requestId, organizationId, keyId, keySha256, organizationIds: [organizationId], cut };
    await events.keyChanged({ ...fact, change: 'revoked' });
  }
  return true;
}
