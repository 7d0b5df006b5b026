import type { Transaction } from '../database/open-database.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { expire } from '../promotional-credits/promotional-credits.ts';

/**
 * Takes included credit of a locked subscription back that has not ended, at most `upTo`; all of it by default. Returns what was taken,
 * in nano-USD: the rest is spent. The accounts of fees and of credit are locked first, in their order.
 */
export async function takeCreditBack(
  tx: Transaction,
  now: Date,
  { id, orgId }: { id: string; orgId: string },
  upTo: bigint | null = null,
): Promise<bigint> {
  await lockOrganization(tx, orgId, [platformAccounts.revenue, platformAccounts.promo]);
  const credits = await tx.promotionalCredit.findMany({
    where: {
      ...{ orgId, remaining: { gt: 0n }, expiresAt: { gt: now } },
      idempotencyKey: { startsWith: `subscription:${id}:` },
    },
    select: { id: true },
    orderBy: { id: 'desc' },
  });
  let taken = 0n;
  for (const credit of credits) {
    if (taken === upTo) break;
    taken += await expire(tx, credit.id, orgId, now, upTo === null ? null : upTo - taken);
  }
  return taken;
}
