import type { MemberRole } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';

const recipientsMax = 20;

/** Returns the members with one of the roles who have an address and are not blocked, oldest account first, 20 at most. */
export async function readRecipients(
  transaction: Transaction,
  organizationId: string,
  roles: readonly MemberRole[],
): Promise<{ userId: string; email: string }[]> {
  const rows = await transaction.membership.findMany({
    where: { ...{ organizationId, role: { in: [...roles] } }, user: { blockedAt: null, email: { not: null } } },
    select: { userId: true, user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
    take: recipientsMax,
  });
  return rows.flatMap(({ userId, user: { email } }) => (email === null ? [] : [{ userId, email }]));
}

/** Returns those who can pay and raise a budget: owners, admins and billing members. */
export const readPayers = (transaction: Transaction, organizationId: string) =>
  readRecipients(transaction, organizationId, ['owner', 'admin', 'billing']);
