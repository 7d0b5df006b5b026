import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import { lockOrganization, prepaidOf } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';

/**
 * Takes what an organisation owes out of what it has, as far as that goes: `available → receivable`. While a dispute is open
 * nothing is taken, since the money may come back. Returns what was taken, in nano-USD.
 */
export async function collectReceivable(tx: Transaction, orgId: string): Promise<bigint> {
  const accounts = await lockOrganization(tx, orgId);
  const { availableId, receivable, receivableId } = accounts;
  const available = prepaidOf(accounts);
  if (receivable >= 0n || available === 0n) return 0n;
  const [open] = await tx.$queryRaw<{ sum: bigint }[]>`
    SELECT coalesce(sum(amount), 0)::bigint AS sum FROM payment_dispute
    WHERE org_id = ${orgId}::uuid AND state = 'open'`;
  const owed = -receivable - (open?.sum ?? 0n);
  const amountNanoUsd = owed < available ? owed : available;
  if (amountNanoUsd <= 0n) return 0n;
  const id = createUuidV7();
  const description = 'Payment that was taken back';
  const sides = { debitAccount: availableId, creditAccount: receivableId, amountNanoUsd };
  await postTransfers(tx, [{ ...sides, reason: 'receivable_collected', description, reference: id }]);
  await writeStatement(tx, [{ id, orgId, type: 'dispute', amountNanoUsd: -amountNanoUsd, description }]);
  return amountNanoUsd;
}
