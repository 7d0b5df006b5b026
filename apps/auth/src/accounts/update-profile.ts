import { AppError, type User } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Standing } from '../permissions/standing.ts';
import { toUser } from './to-user.ts';

/** Changes the caller's own profile; what is not given stays. Throws `not_found`, `precondition_failed`. */
export async function updateProfile(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  standing: Standing,
  change: { name?: string | undefined },
): Promise<User> {
  const now = clock();
  const { orgId: organizationId, userId: id } = caller.principal;
  return database.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM "user" WHERE id = ${id}::uuid FOR UPDATE`;
    const found = await transaction.user.findUnique({ where: { id } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => toUser(found, standing));
    if (change.name === undefined || change.name === found.name) return toUser(found, standing);
    const row = await transaction.user.update({ where: { id }, data: { name: change.name } });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'profile_updated',
      subjectType: 'user',
      subjectId: id,
      details: { fields: ['name'] },
    });
    return toUser(row, standing);
  });
}
