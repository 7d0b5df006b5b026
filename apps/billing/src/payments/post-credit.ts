import type { BillingTransaction } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import { lockOrganization, type PlatformAccount } from '../ledger/accounts.ts';
import { postTransfers, type TransferReason } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { collectReceivable } from './collect-receivable.ts';

/**
 * Moves money from one of the platform's accounts into a balance, with its statement line; what the organisation owes is then
 * taken from it. Returns the id of the line.
 */
export async function postCredit(
  tx: Transaction,
  credit: {
    orgId: string;
    from: PlatformAccount;
    amountNanoUsd: bigint;
    type: BillingTransaction['type'] & TransferReason;
    description: string;
  },
): Promise<string> {
  const { orgId, from, amountNanoUsd, type, description } = credit;
  const { availableId } = await lockOrganization(tx, orgId, [from]);
  const id = createUuidV7();
  const sides = { debitAccount: from, creditAccount: availableId, amountNanoUsd };
  await postTransfers(tx, [{ ...sides, reason: type, description, reference: id }]);
  await writeStatement(tx, [{ id, orgId, type, amountNanoUsd, description }]);
  await collectReceivable(tx, orgId);
  return id;
}
