import { AppError } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';

/**
 * Checks that an organisation keeps an owner who can act when one stops being an owner. Call it under the organisation's lock.
 * @throws {AppError} `conflict`
 */
export async function requireAnotherOwner(
  transaction: Transaction,
  organizationId: string,
  userId: string,
): Promise<void> {
  const others = await transaction.membership.count({
    where: { organizationId, userId: { not: userId }, role: 'owner', user: { blockedAt: null } },
  });
  if (others > 0) return;
  throw new AppError('conflict', {
    message: 'The organisation would have no owner who can log in. Make another member an owner first.',
  });
}
