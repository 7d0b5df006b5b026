import type { Transaction } from '../database/create-database.ts';

const payersMax = 20;

/** Those who can pay and raise a budget, as far as they have an address: owners, admins and billing members. */
export async function readPayers(
  transaction: Transaction,
  organizationId: string,
): Promise<{ userId: string; email: string }[]> {
  const rows = await transaction.membership.findMany({
    where: {
      ...{ organizationId, role: { in: ['owner', 'admin', 'billing'] } },
      user: { blockedAt: null, email: { not: null } },
    },
    select: { userId: true, user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
    take: payersMax,
  });
  return rows.flatMap(({ userId, user: { email } }) => (email === null ? [] : [{ userId, email }]));
}
