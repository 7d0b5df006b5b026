import type { Transaction } from '../database/create-database.ts';

/**
 * Voids all links that were sent for a user. A person that knew the old password, or had the old address, may have asked for them: none
 * of them works after the password or the address has changed.
 */
export async function voidLinks(transaction: Transaction, now: Date, userId: string): Promise<void> {
  await transaction.emailToken.updateMany({ where: { userId, usedAt: null }, data: { usedAt: now } });
}
