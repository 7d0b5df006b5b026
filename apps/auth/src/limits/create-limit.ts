import { AppError, type CreateLimitRequest, type LimitCounts, type LimitLevel } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { requireOwnSubject } from '../budgets/require-own-subject.ts';
import type { Transaction } from '../database/create-database.ts';
import { type UsageLimit as LimitRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { refuseAboveCeiling } from './limits-in-force.ts';
import { readCeilings } from './read-ceilings.ts';

const limitsMax = 5000;
/** A request counts in all of them at once, so there are few. */
const subjectLimitsMax = 3;

/**
 * Creates a limit, which counts from now on. Throws `not_found` for a subject that is not of the organisation,
 * `invalid_value` if it counts nothing or allows more than the operator's ceiling of the organisation, and `conflict` if
 * the subject or the organisation has too many.
 */
export async function createLimit(
  { database, now: clock, limits }: Pick<AuthContext, 'database' | 'now' | 'limits'>,
  caller: Caller,
  { name, level, models, subjectId: wanted, ...given }: CreateLimitRequest,
): Promise<LimitRow> {
  const now = clock();
  const { orgId: organizationId, userId } = caller.principal;
  const subjectId = wanted?.toLowerCase() ?? organizationId;
  const counts = refuseEmpty({ requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null, ...given });
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'limits.manage');
    await requireOwnSubject(transaction, organizationId, level, subjectId);
    refuseAboveCeiling(counts, (await readCeilings(transaction, organizationId, limits)).organization, '');
    await refuseTooMany(transaction, organizationId, level, subjectId);
    const row = await transaction.usageLimit.create({
      data: {
        ...{ ...counts, id: createUuidV7(now.getTime()), organizationId, name, level, subjectId },
        ...{ models: models ?? Prisma.DbNull, changedById: userId, createdAt: now, updatedAt: now },
      },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'limit_created',
      subjectType: 'limit',
      subjectId: row.id,
      details: { after: describeLimit(row) },
    });
    return row;
  });
}

/** Throws `invalid_value` for a limit that counts nothing. */
export function refuseEmpty(counts: LimitCounts): LimitCounts {
  if (Object.values(counts).some((count) => count !== null)) return counts;
  const message = "One of 'requestsPerMinute', 'tokensPerMinute' and 'concurrentRequests' must be a number.";
  throw new AppError('invalid_value', { param: 'requestsPerMinute', message });
}

/** One text, as the audit keeps it; the name may be personal. */
export function describeLimit(row: LimitRow): string {
  const { level, subjectId, models, requestsPerMinute, tokensPerMinute, concurrentRequests } = row;
  return JSON.stringify({ level, subjectId, models, requestsPerMinute, tokensPerMinute, concurrentRequests });
}

async function refuseTooMany(
  transaction: Transaction,
  organizationId: string,
  level: LimitLevel,
  subjectId: string,
): Promise<void> {
  if ((await transaction.usageLimit.count({ where: { organizationId } })) >= limitsMax) {
    throw new AppError('conflict', { message: `The organisation has ${limitsMax} limits, which is the most.` });
  }
  if ((await transaction.usageLimit.count({ where: { organizationId, level, subjectId } })) >= subjectLimitsMax) {
    const message = `There are ${subjectLimitsMax} limits for this already, which is the most. Change one of them.`;
    throw new AppError('conflict', { param: 'subjectId', message });
  }
}
