import { type Transaction, toJsonRows } from '../database/open-database.ts';
import { createOrderedIds } from './ordered-ids.ts';

export type TransferReason =
  | 'charge'
  | 'charge_overrun'
  | 'lease'
  | 'lease_returned'
  | 'lease_reclaimed'
  | 'hold'
  | 'hold_returned'
  | 'top_up'
  | 'sign_up_credit'
  | 'adjustment'
  | 'provider_excess'
  | 'correction'
  | 'cost'
  | 'cost_correction'
  | 'refund'
  | 'refund_returned'
  | 'dispute'
  | 'dispute_won'
  | 'receivable_collected'
  | 'promotional_credit'
  | 'promotional_drawn'
  | 'promotional_expired'
  | 'tax'
  | 'credit_note'
  | 'subscription_fee'
  | 'payer_changed'
  | 'credit_line';

/** `amountNanoUsd` (more than zero) leaves the debit account and enters the credit account. */
export interface NewTransfer {
  debitAccount: string;
  creditAccount: string;
  amountNanoUsd: bigint;
  reason: TransferReason;
  description: string;
  requestId?: string;
  leaseId?: string;
  /** The statement line that the transfer is part of. */
  reference?: string;
}

/** A balance does not cover what was to be taken from it; the transaction must be rolled back. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
}

/**
 * The only place where balances change: transfers are written and balances moved in the caller's transaction, which has
 * locked every account involved. A guard that hits fewer rows than it should is an error, never silence: money would be
 * lost.
 * @throws {GuardError}
 */
export async function postTransfers(tx: Transaction, transfers: readonly NewTransfer[]): Promise<void> {
  if (transfers.length === 0) return;
  const changes = [...sumChanges(transfers)].map(([id, { change, debited }]) => ({ id, change, debited }));
  const moved = await tx.$executeRaw`
    UPDATE account SET balance = account.balance + moved.change, debited = account.debited + moved.debited
    FROM json_to_recordset(${toJsonRows(changes)}::json) AS moved (id uuid, change bigint, debited bigint)
    WHERE account.id = moved.id
      AND (account.kind NOT IN ('available', 'leased', 'held', 'promotional') OR account.balance >= -moved.change)`;
  if (moved !== changes.length) throw new GuardError(`${moved} of ${changes.length} balances could be moved`);

  const ids = createOrderedIds(transfers.length);
  const rows = transfers.map((transfer, index) => ({ id: ids[index], ...transfer }));
  await tx.$executeRaw`
    INSERT INTO transfer (id, debit_account, credit_account, amount, reason, request_id, lease_id, reference, description)
    SELECT id, "debitAccount", "creditAccount", "amountNanoUsd", reason, "requestId", "leaseId", reference, description
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (
      id uuid, "debitAccount" uuid, "creditAccount" uuid, "amountNanoUsd" bigint, reason text,
      "requestId" uuid, "leaseId" uuid, reference uuid, description text)`;
}

interface Change {
  change: bigint;
  /** The part of it that leaves the account. */
  debited: bigint;
}

/** What each account's balance changes by. */
function sumChanges(transfers: readonly NewTransfer[]): Map<string, Change> {
  const changes = new Map<string, Change>();
  const of = (id: string): Change => {
    const known = changes.get(id) ?? { change: 0n, debited: 0n };
    changes.set(id, known);
    return known;
  };
  for (const { debitAccount, creditAccount, amountNanoUsd } of transfers) {
    const debit = of(debitAccount);
    debit.change -= amountNanoUsd;
    debit.debited += amountNanoUsd;
    of(creditAccount).change += amountNanoUsd;
  }
  return changes;
}
