import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../context.ts';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import { lockOrganization } from './lock-organization.ts';

/**
 * Revokes a key of the organisation for good; revoking it again changes nothing. Throws `not_found`, also for a key of
 * another organisation: that it exists is not ours to tell.
 */
export async function revokeKey(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  keyId: string,
): Promise<ApiKeyRow> {
  const organizationId = caller.principal.orgId;
  const now = clock();
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const row = await transaction.apiKey.findFirst({ where: { id: keyId, organizationId } });
    if (row === null) throw new AppError('not_found');
    if (row.revokedAt !== null) return row;
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'api_key_revoked',
      subjectType: 'api_key',
      subjectId: keyId,
    });
    return transaction.apiKey.update({ where: { id: keyId }, data: { revokedAt: now } });
  });
}
