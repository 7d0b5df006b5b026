import type { UsageCharge } from '../charges/usage-charge.ts';
import type { Transaction } from '../database/open-database.ts';
import type { OrganizationAccounts, Purse } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';

/**
 * Moves promotional credit into the balance where it is about to be spent, at most what there is: `promotional → available`.
 * What ends first is taken first. The accounts must be locked; the purse counts what was moved. What is then not spent stays in
 * the balance and ends no more.
 */
export async function drawPromotional(tx: Transaction, purse: Purse, wantedNanoUsd: bigint): Promise<void> {
  const { orgId } = purse;
  const amountNanoUsd = wantedNanoUsd < purse.promotional ? wantedNanoUsd : purse.promotional;
  if (amountNanoUsd <= 0n) return;
  const rows = await tx.promotionalCredit.findMany({
    where: { orgId, remaining: { gt: 0n } },
    orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
  });
  let left = amountNanoUsd;
  for (const { id, remaining } of rows) {
    const taken = remaining < left ? remaining : left;
    if (taken === 0n) break;
    await tx.promotionalCredit.update({ where: { id }, data: { remaining: remaining - taken } });
    left -= taken;
  }
  if (left !== 0n) throw new Error(`promotional credit of ${orgId} is ${left} nano-USD less than its account`);
  await postTransfers(tx, [
    {
      ...{ debitAccount: purse.promotionalId, creditAccount: purse.availableId, amountNanoUsd },
      ...{ reason: 'promotional_drawn', description: 'Promotional credit that is spent now' },
    },
  ]);
  purse.promotional -= amountNanoUsd;
  purse.available += amountNanoUsd;
}

/** Draws what charges take beyond what is leased and free: the platform bears nothing that credit covers. */
export async function drawForCharges(
  tx: Transaction,
  charges: readonly UsageCharge[],
  accounts: ReadonlyMap<string, OrganizationAccounts>,
): Promise<void> {
  const owedBeyondLeased = new Map<Purse, bigint>();
  for (const [orgId, own] of Map.groupBy(charges, ({ event }) => event.orgId)) {
    const account = accounts.get(orgId);
    if (account === undefined || account.purse.promotional === 0n) continue;
    const owed = own.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0n) - account.leased;
    if (owed > 0n) owedBeyondLeased.set(account.purse, (owedBeyondLeased.get(account.purse) ?? 0n) + owed);
  }
  for (const [purse, owed] of owedBeyondLeased) await drawPromotional(tx, purse, owed - purse.available);
}

/** True if the balance and promotional credit together are enough. */
export function covers({ available, promotional }: Purse, neededNanoUsd: bigint): boolean {
  return available + promotional >= neededNanoUsd;
}

/**
 * Draws only what the balance lacks, since holds are mostly returned. Call it when nothing can refuse the hold any more: what is drawn
 * ends no more.
 */
export async function drawShortage(tx: Transaction, purse: Purse, neededNanoUsd: bigint): Promise<void> {
  const shortage = neededNanoUsd - purse.available;
  if (shortage > 0n) await drawPromotional(tx, purse, shortage);
}
