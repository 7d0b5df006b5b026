import { AppError } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { membershipsPerUserMax } from '../sessions/choose-organization.ts';

export const membersMax = 10_000;

/** Checks that there is room for one more membership. Throws `conflict`. */
export async function requirePlace(transaction: Transaction, organizationId: string, userId: string): Promise<void> {
  const [ofUser, ofOrganization] = await Promise.all([
    transaction.membership.count({ where: { userId } }),
    transaction.membership.count({ where: { organizationId } }),
  ]);
  if (ofUser < membershipsPerUserMax && ofOrganization < membersMax) return;
  const message = 'You, or the organisation, have the most memberships that are possible.';
  throw new AppError('conflict', { message });
}
