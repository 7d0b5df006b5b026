import { AppError, type UpdateLimitRequest } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { type UsageLimit as LimitRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { describeLimit, refuseEmpty } from './create-limit.ts';
import { refuseAboveCeiling } from './limits-in-force.ts';
import { readCeilings } from './read-ceilings.ts';
import { showLimits } from './show-limits.ts';

type Parts = Pick<AuthContext, 'database' | 'now' | 'limits'>;

/** Changes a limit; what is not given stays. Throws `not_found`, `precondition_failed`, and `invalid_value` as `createLimit`. */
export async function updateLimit(
  { database, now: clock, limits }: Parts,
  caller: Caller,
  id: string,
  { name, models, ...given }: UpdateLimitRequest,
): Promise<LimitRow> {
  const now = clock();
  const { orgId: organizationId, userId } = caller.principal;
  return database.$transaction(async (transaction) => {
    const before = await findOwn(transaction, caller, id);
    const { requestsPerMinute, tokensPerMinute, concurrentRequests } = before;
    const counts = refuseEmpty({ requestsPerMinute, tokensPerMinute, concurrentRequests, ...given });
    refuseAboveCeiling(given, (await readCeilings(transaction, organizationId, limits)).organization, '');
    const row = await transaction.usageLimit.update({
      where: { id },
      data: {
        ...counts,
        ...(name !== undefined && { name }),
        ...(models !== undefined && { models: models ?? Prisma.DbNull }),
        ...{ changedById: userId, updatedAt: now },
      },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'limit_updated',
      subjectType: 'limit',
      subjectId: id,
      details: { before: describeLimit(before), after: describeLimit(row) },
    });
    return row;
  });
}

/** Deletes a limit: from now on it rejects nothing. Throws `not_found`. */
export async function deleteLimit(
  { database, now: clock }: Pick<Parts, 'database' | 'now'>,
  caller: Caller,
  id: string,
): Promise<void> {
  const now = clock();
  await database.$transaction(async (transaction) => {
    const before = await findOwn(transaction, caller, id);
    await transaction.usageLimit.delete({ where: { id } });
    await writeAudit(transaction, now, caller, {
      organizationId: before.organizationId,
      action: 'limit_deleted',
      subjectType: 'limit',
      subjectId: id,
      details: { before: describeLimit(before) },
    });
  });
}

/** Returns the limit, for a caller that may change it, under the organisation's lock. */
async function findOwn(transaction: Transaction, caller: Caller, id: string): Promise<LimitRow> {
  const { orgId: organizationId } = caller.principal;
  await lockOrganization(transaction, organizationId);
  await permitNow(transaction, caller, 'limits.manage');
  const found = await transaction.usageLimit.findFirst({ where: { id, organizationId } });
  if (found === null) throw new AppError('not_found');
  await requireMatch(caller.ifMatch, () => showOne(showLimits(transaction, organizationId, [found])));
  return found;
}
