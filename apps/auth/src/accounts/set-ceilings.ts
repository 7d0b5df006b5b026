import { isDeepStrictEqual } from 'node:util';
import { AppError, type OrganizationCeilings } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { type Organization as OrganizationRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { readStoredCeilings } from '../limits/limits-in-force.ts';
import { showTenants } from './show-organizations.ts';

/** Sets the operator's ceilings of any organisation, with the audit entry; null removes them. Throws `not_found`. */
export async function setCeilings(
  { database, now: clock, limits }: Pick<AuthContext, 'database' | 'now' | 'limits'>,
  caller: Caller,
  organizationId: string,
  ceilings: OrganizationCeilings | null,
): Promise<OrganizationRow> {
  const now = clock();
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const found = await transaction.organization.findUnique({ where: { id: organizationId } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showTenants(transaction, limits, [found])));
    if (isDeepStrictEqual(ceilings, readStoredCeilings(found.ceilings))) return found;
    const row = await transaction.organization.update({
      where: { id: organizationId },
      data: { ceilings: ceilings === null ? Prisma.DbNull : { ...ceilings } },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'ceilings_set',
      subjectType: 'organization',
      subjectId: organizationId,
      details: { ceilings: JSON.stringify(ceilings) },
    });
    return row;
  });
}
