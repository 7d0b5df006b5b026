import type { UsageCharge } from '../charges/usage-charge.ts';
import type { Transaction } from '../database/open-database.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';

const { cogs, payableProvider } = platformAccounts;

/**
 * Books what providers charge us, `cogs → payable_provider`: one transfer for each provider of a batch, since a second row for
 * each request would double the ledger. `charge.cost` has each request's part. Both accounts must be locked.
 */
export async function bookCosts(tx: Transaction, settled: readonly UsageCharge[]): Promise<void> {
  const costs = new Map<string, bigint>();
  for (const { event, costNanoUsd } of settled) {
    if (costNanoUsd > 0n) costs.set(event.provider, (costs.get(event.provider) ?? 0n) + costNanoUsd);
  }
  const transfers = [...costs].map(([provider, amountNanoUsd]) => ({
    ...{ debitAccount: cogs, creditAccount: payableProvider, amountNanoUsd, reason: 'cost' as const },
    description: `Cost of requests settled via ${provider}`,
  }));
  if (transfers.length > 0) await postTransfers(tx, transfers);
}

/** Books the difference that a provider's later record makes; below zero, less is owed. Both accounts must be locked. */
export async function correctCost(
  tx: Transaction,
  requestId: string,
  { provider, differenceNanoUsd }: { provider: string; differenceNanoUsd: bigint },
): Promise<void> {
  if (differenceNanoUsd === 0n) return;
  const [debitAccount, creditAccount] = differenceNanoUsd > 0n ? [cogs, payableProvider] : [payableProvider, cogs];
  await postTransfers(tx, [
    {
      ...{ debitAccount, creditAccount, reason: 'cost_correction', requestId },
      amountNanoUsd: differenceNanoUsd > 0n ? differenceNanoUsd : -differenceNanoUsd,
      description: `Correction of the cost of request ${requestId} at ${provider}`,
    },
  ]);
}
