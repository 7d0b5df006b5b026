import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import type { PaymentRefund } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { collectReceivable } from './collect-receivable.ts';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Locks a refund until the transaction ends; its payment must be locked. */
export async function lockRefund(tx: Transaction, id: string): Promise<PaymentRefund | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM payment_refund WHERE id = ${id}::uuid FOR UPDATE`;
  return rows.length === 0 ? null : tx.paymentRefund.findUnique({ where: { id } });
}

/**
 * Moves a locked refund to what the provider reports. Its money waits in `refunds`: a success moves it on to
 * `cash_clearing`, a failure returns it to the balance, also one that follows a success. Returns true if it failed just now.
 */
export async function settleRefund(
  tx: Transaction,
  refund: PaymentRefund,
  status: RefundStatus,
  refundReference: string | null,
): Promise<boolean> {
  const isFailure = status === 'failed' && refund.status !== 'failed';
  const isSuccess = status === 'succeeded' && ['requested', 'pending'].includes(refund.status);
  const isPending = status === 'pending' && refund.status === 'requested';
  if (!isFailure && !isSuccess && !isPending) return false;
  if (isFailure) await returnRefund(tx, refund);
  if (isSuccess) await lockAndPost(tx, refund, () => [toCash(refund)]);
  const reference = refundReference === null ? {} : { refundReference };
  await tx.paymentRefund.update({ where: { id: refund.id }, data: { status, ...reference } });
  return isFailure;
}

async function returnRefund(tx: Transaction, refund: PaymentRefund): Promise<void> {
  const { orgId, paymentId, amount: amountNanoUsd } = refund;
  const lineId = createUuidV7();
  const description = 'A refund failed, and its money is back';
  await lockAndPost(tx, refund, (availableId) => [
    ...(refund.status === 'succeeded' ? [backFromCash(refund)] : []),
    {
      ...{ debitAccount: platformAccounts.refunds, creditAccount: availableId, amountNanoUsd },
      ...{ reason: 'refund_returned' as const, description, reference: lineId },
    },
  ]);
  await writeStatement(tx, [{ id: lineId, orgId, type: 'refund_returned', amountNanoUsd, description }]);
  await tx.payment.update({ where: { id: paymentId }, data: { refunded: { decrement: amountNanoUsd } } });
  await collectReceivable(tx, orgId);
}

async function lockAndPost(
  tx: Transaction,
  { orgId }: PaymentRefund,
  toTransfers: (availableId: string) => NewTransfer[],
): Promise<void> {
  const platform = [platformAccounts.refunds, platformAccounts.cashClearing];
  const { availableId } = await lockOrganization(tx, orgId, platform);
  await postTransfers(tx, toTransfers(availableId));
}

const toCash = ({ id, amount: amountNanoUsd }: PaymentRefund): NewTransfer => ({
  ...{ debitAccount: platformAccounts.refunds, creditAccount: platformAccounts.cashClearing, amountNanoUsd },
  ...{ reason: 'refund', description: 'Refund paid out', reference: id },
});

const backFromCash = (refund: PaymentRefund): NewTransfer => {
  const { debitAccount, creditAccount, ...rest } = toCash(refund);
  return { ...rest, debitAccount: creditAccount, creditAccount: debitAccount, reason: 'refund_returned' };
};
